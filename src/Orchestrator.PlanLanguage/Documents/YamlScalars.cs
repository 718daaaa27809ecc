using System.Globalization;
using System.Numerics;

namespace Orchestrator.PlanLanguage.Documents;

/// <summary>What a plain scalar means in the core schema of YAML 1.2 (section 10.3.2): <c>yes</c> and <c>on</c> are texts, <c>007</c> is seven, <c>0o17</c> fifteen.</summary>
internal static class YamlScalars
{
    public static Node Plain(string text, int line, int column) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new NullNode(line, column),
        "true" or "True" or "TRUE" => new BoolNode(true, line, column),
        "false" or "False" or "FALSE" => new BoolNode(false, line, column),
        ".nan" or ".NaN" or ".NAN" => DocumentText.Number("NaN", text, line, column),
        _ when text.TrimStart('-', '+') is ".inf" or ".Inf" or ".INF" => DocumentText.Number("Infinity", text, line, column),
        _ => Number(text) is { } json ? DocumentText.Number(json, text, line, column) : new TextNode(text, line, column),
    };

    // JSON's spelling of a YAML number; null where the text is none.
    private static string? Number(string text)
    {
        if (text.Length > DocumentLimits.NumberLengthMax)
        {
            return null;
        }

        if (text.StartsWith("0o", StringComparison.Ordinal) && text.Length > 2 && text.AsSpan(2).IndexOfAnyExceptInRange('0', '7') < 0)
        {
            return text.Skip(2).Aggregate(BigInteger.Zero, (value, digit) => (value * 8) + (digit - '0')).ToString(CultureInfo.InvariantCulture);
        }

        if (text.StartsWith("0x", StringComparison.Ordinal) && text.Length > 2 && text.Skip(2).All(char.IsAsciiHexDigit))
        {
            return BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
        }

        var at = 0;
        var sign = text[0] == '-' ? "-" : "";
        at += text[0] is '-' or '+' ? 1 : 0;
        var whole = Digits(text, ref at);
        var fraction = "";
        var point = at < text.Length && text[at] == '.';
        if (point)
        {
            at++;
            fraction = Digits(text, ref at);
        }

        if (whole.Length == 0 && fraction.Length == 0)
        {
            return null;
        }

        var exponent = "";
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var start = at++;
            at += at < text.Length && text[at] is '-' or '+' ? 1 : 0;
            exponent = Digits(text, ref at).Length == 0 ? "?" : text[start..at];
        }

        if (at < text.Length || exponent == "?")
        {
            return null;
        }

        var trimmed = whole.TrimStart('0');
        return sign + (trimmed.Length == 0 ? "0" : trimmed) + (fraction.Length == 0 ? "" : "." + fraction) + exponent;
    }

    private static string Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text[start..at];
    }
}
