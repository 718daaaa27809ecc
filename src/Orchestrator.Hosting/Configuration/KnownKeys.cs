namespace Orchestrator.Hosting.Configuration;

/// <summary>Tells which keys some options type would read, and what an unknown one was probably meant to be.</summary>
internal sealed class KnownKeys(IEnumerable<OptionsKind> kinds, IEnumerable<SectionOfAnother> others)
{
    /// <summary>What the web server reads by itself.</summary>
    private static readonly string[] OfTheServer = ["Urls", "Kestrel"];

    private readonly OptionsKind[] kinds = [.. kinds];
    private readonly SectionOfAnother[] others = [.. others];

    /// <summary>Null when the key is known; otherwise the sentence that says why not.</summary>
    public string? Problem(string key)
    {
        var segments = key.Split(':');
        if (OfTheServer.Contains(segments[0], StringComparer.OrdinalIgnoreCase) || Array.Exists(others, other => other.Holds(key)))
        {
            return null;
        }

        var types = new List<Type>();
        var path = "";
        IReadOnlyCollection<string> expected = [];

        // Sections may nest ("Agents:Http"), so several types can share a first segment; each step follows every type that still fits.
        for (var depth = 0; depth < segments.Length; depth++)
        {
            var here = segments[depth];
            var at = path;
            path = at.Length == 0 ? here : at + ":" + here;
            var sections = kinds.Select(kind => kind.Section.Split(':'))
                .Where(section => section.Length > depth && section.Take(depth).SequenceEqual(segments.Take(depth), StringComparer.OrdinalIgnoreCase))
                .Select(section => section[depth])
                .Concat(depth == 0 ? others.Select(other => other.Name) : [])
                .ToArray();
            var next = types.SelectMany(type => Below(type, here)).ToList();
            next.AddRange(kinds.Where(kind => kind.Section.Equals(path, StringComparison.OrdinalIgnoreCase)).Select(kind => kind.Type));
            if (next.Count == 0 && !sections.Contains(here, StringComparer.OrdinalIgnoreCase))
            {
                expected = [.. types.SelectMany(Names).Concat(sections).Distinct(StringComparer.OrdinalIgnoreCase)];
                var meant = Nearest(here, expected);
                return meant is not null
                    ? $"unknown setting {path}, did you mean {(at.Length == 0 ? meant : at + ":" + meant)}?"
                    : $"unknown setting {path}{(expected.Count is > 0 and <= 40 ? $"; {(at.Length == 0 ? "there are" : at + " has")} {string.Join(", ", expected.Order(StringComparer.OrdinalIgnoreCase))}" : "")}";
            }

            types = next;
        }

        return null;
    }

    private static IEnumerable<Type> Below(Type type, string segment)
    {
        if (OptionsKind.IsDictionary(type))
        {
            return [OptionsKind.ElementOf(type)];
        }

        if (OptionsKind.IsList(type))
        {
            return int.TryParse(segment, out _) ? [OptionsKind.ElementOf(type)] : [];
        }

        return OptionsKind.IsGroup(type)
            ? OptionsKind.Settings(type).Where(property => property.Name.Equals(segment, StringComparison.OrdinalIgnoreCase)).Select(property => property.PropertyType)
            : [];
    }

    private static IEnumerable<string> Names(Type type) =>
        OptionsKind.IsGroup(type) ? OptionsKind.Settings(type).Select(property => property.Name) : [];

    /// <summary>The closest name, if it is close enough to have been meant: at most a third of its letters differ.</summary>
    private static string? Nearest(string word, IReadOnlyCollection<string> names) => names
        .Select(name => (name, distance: Distance(word.ToUpperInvariant(), name.ToUpperInvariant())))
        .Where(pair => pair.distance <= Math.Max(1, pair.name.Length / 3))
        .OrderBy(pair => pair.distance).ThenBy(pair => pair.name, StringComparer.Ordinal)
        .Select(pair => pair.name)
        .FirstOrDefault();

    // Damerau's distance with adjacent swaps as one slip (optimal string alignment), kept in three rows.
    private static int Distance(string from, string to)
    {
        var twoAbove = new int[to.Length + 1];
        var above = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var row = new int[to.Length + 1];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    row[j] = Math.Min(row[j], twoAbove[j - 2] + 1);
                }
            }

            (twoAbove, above) = (above, row);
        }

        return above[^1];
    }
}
