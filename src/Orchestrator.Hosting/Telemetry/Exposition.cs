using System.Globalization;
using System.Text;

namespace Orchestrator.Hosting.Telemetry;

/// <summary>The spelling of Prometheus' text exposition format, and our rules for names and labels.</summary>
public static class Exposition
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private const int ValueLengthMax = 128;

    /// <summary>Labels that would grow with every workflow, user or address. They are for traces and logs.</summary>
    private static readonly string[] Unbounded = ["url", "endpoint", "user", "path", "query", "prompt", "tenant", "address", "instance"];

    public static string Name(string name, string? unit, bool counter)
    {
        var text = new StringBuilder(name.Length + 16);
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_');
        }

        var full = text.ToString();
        full = full.StartsWith("orc_", StringComparison.Ordinal) || full.StartsWith("orchestrator_", StringComparison.Ordinal) ? full : "orc_" + full;
        var suffix = unit switch { "s" or "ms" => "_seconds", "By" => "_bytes", _ => "" };
        full = counter && full.EndsWith("_total", StringComparison.Ordinal) ? full[..^"_total".Length] : full;
        full = full.EndsWith(suffix, StringComparison.Ordinal) ? full : full + suffix;
        return counter ? full + "_total" : full;
    }

    /// <param name="known">Whether the values are written; otherwise every one of them is <c>other</c>.</param>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags, bool known)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var pairs = new List<string>(tags.Length);
        foreach (var (name, value) in tags)
        {
            var label = Label(name);
            if (label is not null)
            {
                pairs.Add(label + "=\"" + (known ? Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "") : "other") + "\"");
            }
        }

        pairs.Sort(StringComparer.Ordinal);
        return string.Join(',', pairs);
    }

    public static string Labels(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var pairs = new string[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            pairs[i] = labels[i].Name + "=\"" + Escape(labels[i].Value) + "\"";
        }

        return string.Join(',', pairs);
    }

    public static void Header(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings("\\n")).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    public static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string? Label(string name)
    {
        var label = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_')]);
        var words = label.Split('_');
        return words[^1] == "id" || words.Any(Unbounded.Contains) ? null : label;
    }

    private static string Escape(string value) =>
        (value.Length > ValueLengthMax ? value[..ValueLengthMax] : value)
            .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings("\\n");
}
