using System.Text;

namespace Orchestrator.Decisions.Routing;

/// <summary>Which keywords stand in a text, whatever their case.</summary>
/// <param name="Substring">A keyword counts inside a word too, as S4-14 has it. Otherwise it must begin and end where words do: <c>hi</c> is not in <c>this</c> (S4-50).</param>
public readonly record struct KeywordMatch(bool Substring)
{
    /// <summary>The text as keywords are looked for in it: lower case, one blank for any white space.</summary>
    public static string Prepare(string text)
    {
        var prepared = new StringBuilder(text.Length);
        var blank = false;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                blank = true;
                continue;
            }

            if (blank && prepared.Length > 0)
            {
                prepared.Append(' ');
            }

            blank = false;
            prepared.Append(char.ToLowerInvariant(c));
        }

        return prepared.ToString();
    }

    /// <param name="prepared">From <see cref="Prepare"/>.</param>
    public bool IsIn(string prepared, string keyword)
    {
        var word = Prepare(keyword);
        if (word.Length == 0)
        {
            return false;
        }

        for (var at = prepared.IndexOf(word, StringComparison.Ordinal); at >= 0; at = prepared.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            if (Substring || (IsEdge(prepared, at - 1) && IsEdge(prepared, at + word.Length)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEdge(string text, int at) => at < 0 || at >= text.Length || !(char.IsLetterOrDigit(text[at]) || text[at] == '_');
}
