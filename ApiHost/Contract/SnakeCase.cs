using System.Text.Json;

namespace Orchestrator.ApiHost.Contract;

/// <summary>Writes a name of ours as the API writes names.</summary>
internal static class SnakeCase
{
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
