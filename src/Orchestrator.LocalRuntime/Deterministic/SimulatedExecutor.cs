using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orchestrator.LocalRuntime;

/// <summary>Hands the turns of one simulated process to the one scheduler of its world.</summary>
internal sealed class SimulatedExecutor(SimulatedCluster cluster) : ITurnExecutor
{
    public int TurnsPerVisit => 1;

    public SimulatedCluster Cluster => cluster;

    public void Schedule(IThreadPoolWorkItem activation)
    {
        if (cluster.RequireOwnThread($"{activation} was given work"))
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

/// <summary>A plain sequence of turns: the code of a simulated process, or of a client, that is no grain.</summary>
internal sealed class ProcessTurns(SimulatedExecutor executor, string name) : TurnScheduler(executor)
{
    private readonly ulong stableId = SimulationTrace.StableHash(name);
    private bool crashed;

    protected override bool IsLost => crashed;

    public void Crash() => crashed = true;

    public Task<TResult> Start<TResult>(Func<Task<TResult>> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    public Task Start(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    public override string ToString() => name;

    protected override void Run(QueuedWork work) => throw new InvalidOperationException($"{name} was sent a {work.GetType().Name}; only grains take requests.");

    protected override void BeforeTurn(QueuedWork work) => executor.Cluster.Trace.Note(TraceKind.Turn, (long)stableId);
}
