using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orchestrator.LocalRuntime;

/// <summary>Hands the turns of one simulated process to the one scheduler of its world.</summary>
internal sealed class SimulatedExecutor(SimulatedCluster cluster) : ITurnExecutor
{
    public int TurnsPerVisit => 1;

    public SimulatedCluster Cluster => cluster;

    /// <summary>Whether the process is gone, with every turn it would still have taken: of its grains, its streams, its reminders and all else.</summary>
    public bool IsOver { get; set; }

    public void Schedule(IThreadPoolWorkItem activation)
    {
        if (!IsOver && (cluster.IsOwnThread || cluster.RequireOwnThread($"{activation} was given work")))
        {
            cluster.Runnable(activation);
        }
    }

    /// <summary>Says which code a continuation belongs to, for naming what escaped.</summary>
    public static string Describe(Task task)
    {
        // An await hands over the action that moves its state machine on; the machine is an argument of the box behind it.
        var machine = (task.AsyncState as Delegate)?.Target?.GetType().GenericTypeArguments.LastOrDefault(type => typeof(IAsyncStateMachine).IsAssignableFrom(type));
        return machine is null ? (task.AsyncState as Delegate)?.Method is { } method ? Name(method) : task.AsyncState?.ToString() ?? "an unnamed task" : Name(machine);
    }

    public static string Name(MethodInfo method) => $"{method.DeclaringType?.FullName}.{method.Name}";

    // The compiler calls the machine of Foo.BarAsync "Foo+<BarAsync>d__3".
    private static string Name(Type machine)
    {
        var name = machine.Name;
        var end = name.IndexOf('>', StringComparison.Ordinal);
        return $"{machine.DeclaringType?.FullName}.{(end > 1 ? name[1..end] : name)}";
    }
}

/// <summary>The code of a simulated process, or of a client, that is no grain. It vanishes in a crash.</summary>
internal sealed class ProcessTurns(SimulatedExecutor executor, string name) : TaskTurns(executor, name)
{
    private readonly long stableId = (long)SimulationTrace.StableHash(name);
    protected override void BeforeTurn(QueuedWork work) => executor.Cluster.Trace.Note(TraceKind.Turn, stableId);
}
