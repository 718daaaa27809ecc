namespace Orchestrator.Decisions;

/// <summary>Finds what a misspelt name may have meant.</summary>
public static class Spelling
{
    private const int LengthMax = 64;

    /// <summary>The known name nearest to <paramref name="name"/>, the first of equals; null when none is near.</summary>
    /// <remarks>
    /// The optimal string alignment distance: insertions, deletions, substitutions (Levenshtein 1966) and swaps of neighbours (Damerau 1964).
    /// Near means at most a third of the name's length, and at least 1. Upper and lower case are the same letter here.
    /// </remarks>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > LengthMax)
        {
            return null;
        }

        var best = Math.Max(1, name.Length / 3) + 1;
        string? nearest = null;
        foreach (var candidate in known)
        {
            if (candidate.Length > LengthMax || Math.Abs(candidate.Length - name.Length) >= best)
            {
                continue;
            }

            var distance = Distance(name, candidate);
            if (distance < best)
            {
                (best, nearest) = (distance, candidate);
            }
        }

        return nearest;
    }

    private static int Distance(string a, string b)
    {
        Span<int> beforeLast = stackalloc int[b.Length + 1];
        Span<int> last = stackalloc int[b.Length + 1];
        Span<int> row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            var spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
