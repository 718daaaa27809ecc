namespace Orchestrator.ApiHost.Plans;

/// <summary>Names of plans and agents: they become parts of URLs, keys and log lines.</summary>
internal static class PlanNames
{
    public const int LengthMax = 128;

    public const string Rule = "A name has 1 to 128 letters, digits, '.', '_' and '-', the first a letter or digit";

    public static bool IsName(string? text) => text is { Length: > 0 and <= LengthMax } && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
