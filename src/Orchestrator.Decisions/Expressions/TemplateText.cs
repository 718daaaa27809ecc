using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Decisions.Expressions;

/// <summary>A text of a template, taken apart into what stands still and what is computed.</summary>
/// <param name="Problem">Its offset is in the whole text.</param>
internal sealed record TemplateText(ImmutableArray<TemplatePart> Parts, ExpressionProblem? Problem)
{
    public const string Opening = "${{";
    public const string Escape = "$${{";
    public const string Closing = "}}";

    // The same plan is rendered for every workflow of it. What is remembered is a function of the text alone, so nobody can tell.
    private static readonly ConcurrentDictionary<string, TemplateText> Known = new(StringComparer.Ordinal);

    /// <summary>The expression, when the text is exactly one.</summary>
    public TemplatePart? Only => Parts is [{ Expression: not null } part] ? part : null;

    public static TemplateText Of(string text)
    {
        if (text.Length > ExpressionLimits.CacheTextLengthMax)
        {
            return Read(text);
        }

        if (Known.TryGetValue(text, out var known))
        {
            return known;
        }

        if (Known.Count >= ExpressionLimits.CacheTexts)
        {
            Known.Clear();
        }

        return Known[text] = Read(text);
    }

    private static TemplateText Read(string text)
    {
        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        var still = new StringBuilder();
        var at = 0;
        var expressions = 0;
        while (at < text.Length)
        {
            var next = text.IndexOf(Opening, at, StringComparison.Ordinal);
            if (next < 0)
            {
                break;
            }

            if (next > at && text[next - 1] == '$')
            {
                still.Append(text, at, next - 1 - at).Append(Opening);
                at = next + Opening.Length;
                continue;
            }

            still.Append(text, at, next - at);
            var start = next + Opening.Length;
            var end = End(text, start);
            if (end < 0)
            {
                return new(parts.ToImmutable(), new(next, $"'{Opening}' has no '{Closing}' behind it; to have it as text, write '{Escape}'."));
            }

            var parsed = ExpressionParser.Parse(text.AsSpan(start, end - start));
            if (parsed.Problem is { } problem)
            {
                return new(parts.ToImmutable(), problem with { Offset = start + problem.Offset });
            }

            if (still.Length > 0)
            {
                parts.Add(new(still.ToString(), null, 0));
                still.Clear();
            }

            parts.Add(new(text[next..(end + Closing.Length)], parsed.Expression, start));
            if (++expressions > ExpressionLimits.ExpressionsMax)
            {
                return new([], new(next, $"A text has at most {ExpressionLimits.ExpressionsMax} expressions."));
            }

            at = end + Closing.Length;
        }

        still.Append(text, at, text.Length - at);
        if (still.Length > 0)
        {
            parts.Add(new(still.ToString(), null, 0));
        }

        return new(parts.ToImmutable(), null);
    }

    // The closing braces may also stand inside a quoted text, where they close nothing.
    private static int End(string text, int start)
    {
        var quote = '\0';
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                i += c == '\\' ? 1 : 0;
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == '}' && i + 1 < text.Length && text[i + 1] == '}')
            {
                return i;
            }
        }

        return -1;
    }
}

/// <param name="Text">What stands still; for an expression, how it is written, braces included.</param>
/// <param name="Offset">Where the expression begins in the whole text, behind the braces.</param>
internal sealed record TemplatePart(string Text, Expression? Expression, int Offset);
