using System.Text.Json;

namespace Orchestrator.Client;

/// <summary>JSON as the API has it: camel case, unknown members passed over.</summary>
public static class ClientJson
{
    public static JsonSerializerOptions Options { get; } = Frozen();

    private static JsonSerializerOptions Frozen()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { MaxDepth = 64 };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
