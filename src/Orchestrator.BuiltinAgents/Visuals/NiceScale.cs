using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.Visuals;

/// <summary>Round numbers that span a range: Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990.</summary>
internal static class NiceScale
{
    private const int Marks = 5;

    /// <summary>The marks of a scale, from at most <paramref name="least"/> to at least <paramref name="most"/>.</summary>
    public static ImmutableArray<double> Of(double least, double most)
    {
        var range = most > least ? most - least : 1;
        var step = Nice(Nice(range, round: false) / (Marks - 1), round: true);
        var (first, last) = (Math.Floor(least / step), Math.Ceiling((most > least ? most : least + 1) / step));
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => Math.Round((first + i) * step, 12))];
    }

    private static double Nice(double value, bool round)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        var part = value / power;
        var nice = round
            ? part < 1.5 ? 1 : part < 3 ? 2 : part < 7 ? 5 : 10
            : part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10;
        return nice * power;
    }
}
