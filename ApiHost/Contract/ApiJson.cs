using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.ApiHost.Contract;

/// <summary>How the API reads and writes JSON.</summary>
internal static class ApiJson
{
    /// <summary>No body is nested deeper.</summary>
    public const int DepthMax = 64;

    /// <summary>camelCase; members without a value are written as null, so that an answer always has the same shape.</summary>
    public static JsonSerializerOptions Responses { get; } = Freeze(Configure(new JsonSerializerOptions()));

    /// <summary>Exactly what the contract says and nothing else: no unknown member, no member twice, no number in quotes.</summary>
    public static JsonSerializerOptions Requests { get; } = Freeze(Configure(new JsonSerializerOptions
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    }));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = DepthMax * 2; // a stored input of full depth stands inside an answer

        // Every JSON answer says it is JSON and is never sniffed (X-Content-Type-Options), so text need not be escaped for HTML.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new InstantJsonConverter());
        return options;
    }

    private static JsonSerializerOptions Freeze(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
