using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.PlanLanguage;

/// <summary>Durations as plans spell them: <c>250ms</c>, <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>2d</c>, or ISO 8601 such as <c>PT30S</c>. Numbers are milliseconds.</summary>
public static partial class Durations
{
    public const string Rule = "a number of milliseconds, a text such as \"30s\", \"5m\" or \"1h30m\" (units ms, s, m, h, d), or ISO 8601 such as \"PT30S\"";

    /// <summary>Years and months are refused: they have no fixed length.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length > 64)
        {
            return false;
        }

        var match = text.StartsWith('P') ? Iso().Match(text) : Short().Match(text);
        if (!match.Success || match.Groups.Values.Skip(1).All(group => !group.Success))
        {
            return false;
        }

        var milliseconds = (Of(match, "d") * 86_400_000) + (Of(match, "h") * 3_600_000) + (Of(match, "m") * 60_000) + (Of(match, "s") * 1_000) + Of(match, "ms");
        if (milliseconds > (decimal)TimeSpan.MaxValue.TotalMilliseconds / 2 || milliseconds != decimal.Floor(milliseconds))
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds((long)milliseconds);
        return true;
    }

    private static decimal Of(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? decimal.Parse(group.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:(?<d>[0-9]{1,9})d)?(?:(?<h>[0-9]{1,9})h)?(?:(?<m>[0-9]{1,9})m)?(?:(?<s>[0-9]{1,9}(?:\.[0-9]{1,3})?)s)?(?:(?<ms>[0-9]{1,15})ms)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Short();

    [GeneratedRegex(@"^P(?:(?<d>[0-9]{1,9})D)?(?:T(?=[0-9])(?:(?<h>[0-9]{1,9})H)?(?:(?<m>[0-9]{1,9})M)?(?:(?<s>[0-9]{1,9}(?:\.[0-9]{1,3})?)S)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Iso();
}
