namespace Orchestrator.ApiHost.Requests;

/// <summary>Guesses which name was meant: the one with the fewest edits (Levenshtein 1966), when those are few enough to be a slip.</summary>
internal static class Nearest
{
    private const int LengthMax = 64;

    public static string? To(string word, IEnumerable<string> names)
    {
        if (word.Length > LengthMax)
        {
            return null;
        }

        var best = names.Select(name => (Name: name, Edits: Edits(word.ToLowerInvariant(), name.ToLowerInvariant()))).OrderBy(candidate => candidate.Edits).FirstOrDefault();
        return best.Name is not null && best.Edits <= Math.Max(1, word.Length / 3) ? best.Name : null;
    }

    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var next = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }

        return row[to.Length];
    }
}
