using Orchestrator.ApiHost.Problems;

namespace Orchestrator.ApiHost.Requests;

/// <summary>The header by which a caller promises that two requests are the same one (draft-ietf-httpapi-idempotency-key-header-07).</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    private const int LengthMax = 255;

    /// <summary>A structured-field string in quotes, as the draft has it, or bare, as most clients send it.</summary>
    public static bool TryRead(HttpRequest request, out string? key, out ApiProblem? problem)
    {
        key = null;
        problem = null;
        var values = request.Headers[Header];
        if (values.Count == 0)
        {
            return true;
        }

        if (values.Count == 1 && Unquote(values[0]) is { } text && IsUsable(text))
        {
            key = text;
            return true;
        }

        problem = Unusable with { Errors = [new("The key cannot be used.", Parameter: Header)] };
        return false;
    }

    public static ApiProblem Unusable { get; } = ApiProblem.Of("idempotency.key_invalid", $"Expected one printable ASCII string of 1 to {LengthMax} characters.");

    /// <summary>Whether a caller may know a request by this text.</summary>
    public static bool IsUsable(string text) => text.Length is >= 1 and <= LengthMax && text.All(c => c is >= ' ' and <= '~');

    private static string? Unquote(string? value)
    {
        if (value is null || value.Length == 0 || value[0] != '"')
        {
            return value is null || value.Contains('"', StringComparison.Ordinal) ? null : value.Trim();
        }

        return value.Length >= 2 && value[^1] == '"' && value.AsSpan(1, value.Length - 2).IndexOfAny('"', '\\') < 0 ? value[1..^1] : null;
    }
}
