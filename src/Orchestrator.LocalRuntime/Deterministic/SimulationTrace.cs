namespace Orchestrator.LocalRuntime;

/// <summary>What happens in a simulation, step by step, folded into one number.</summary>
/// <remarks>Two runs with the same number took the same turns in the same order. Texts are kept only where asked for.</remarks>
public sealed class SimulationTrace
{
    private readonly Queue<string>? lines;
    private readonly int linesMax;

    internal SimulationTrace(int linesMax)
    {
        this.linesMax = linesMax;
        lines = linesMax > 0 ? new() : null;
    }

    /// <summary>The order of everything that happened so far.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    public long Steps { get; private set; }

    /// <summary>The last of what happened, oldest first; empty unless <see cref="SimulationOptions.TraceLinesMax"/> is set.</summary>
    public IReadOnlyCollection<string> Lines => lines ?? (IReadOnlyCollection<string>)[];

    internal bool KeepsLines => lines is not null;

    internal static ulong StableHash(string text) => GrainMethod.StableHash(text);

    internal void Note(TraceKind kind, long what)
    {
        Steps++;
        Hash = (((Hash ^ (ulong)kind) * 1099511628211) ^ (ulong)what) * 1099511628211;
    }

    internal void Line(string line)
    {
        if (lines is not null)
        {
            lines.Enqueue(line);
            if (lines.Count > linesMax)
            {
                lines.Dequeue();
            }
        }
    }
}

internal enum TraceKind : byte
{
    None = 0,
    Turn,
    Timer,
    Delivery,
    Loss,
    Crash,
    Start,
    Cut,
    Heal,
}
