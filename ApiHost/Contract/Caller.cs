namespace Orchestrator.ApiHost.Contract;

/// <summary>Who asks, as the history remembers it.</summary>
internal static class Caller
{
    private const string Anonymous = "anonymous";

    public const int NameLengthMax = 128;

    /// <param name="claimed">Who the caller says they are: it counts only where nobody has been asked for credentials.</param>
    public static string Of(HttpContext http, string? claimed = null) => http.User.Identity?.Name is { Length: > 0 } name ? name : claimed ?? Anonymous;
}
