using System.Diagnostics;
using System.Reflection;

namespace Orchestrator.LocalRuntime;

/// <summary>What the parts of the world ask of it.</summary>
public sealed partial class SimulatedCluster
{
    private const int GracesMax = 10;

    // A thread that was never anybody's has no ambient values; turns must not see those of the test that runs them.
    private static readonly ExecutionContext Bare = CaptureBare();

    // Ambient values follow work wherever it goes, and say when they arrive on a thread. So this one tells of pool threads,
    // though not which code runs there; that shows when the code touches the world.
    private static readonly AsyncLocal<SimulatedCluster?> Inside = new(static change =>
    {
        if (change is { ThreadContextChanged: true, CurrentValue: { IsOwnThread: false } world } && Thread.CurrentThread.IsThreadPoolThread)
        {
            world.suspected = true;
        }
    });

    private readonly ExecutionContext inside;
    private int graces;

    internal SimulatedNetwork Network => network;

    internal void Runnable(IThreadPoolWorkItem item)
    {
        NoteAsk();
        runnable.Add(item);
    }

    /// <summary>Counts what the step under way asks of the world: a step that asks without end never comes to one, and no count of steps would show it.</summary>
    internal void NoteAsk()
    {
        if (++asked > Options.AsksPerStepMax)
        {
            Fail($"One step asked more than {Options.AsksPerStepMax} times for the time, a timer, a call or a turn (seed {Seed}, step {Trace.Steps}) and is taken to run in circles: {running}. {OwnFrames()}");
            throw new SimulationException(failure!);
        }
    }

    internal ProcessClock NewClock() => new(this, clock);

    internal SimulatedChance SplitChance(string purpose) => chance.Split(purpose);

    internal void After(TimeSpan time, Action what) => world.CreateTimer(static act => ((Action)act!)(), what, time, Timeout.InfiniteTimeSpan);

    internal void Join(SimulatedNode node) => network.DirectoryOf(node).Join(node);

    internal void NoticeDeath(SimulatedNode node, int incarnation)
    {
        if (!node.IsUp && node.Incarnation == incarnation)
        {
            network.NoticeDeath(node, Nodes());
        }
    }

    internal void Fail(string why) => failure ??= why;

    /// <summary>Notes a step from another thread as an escape, and says whether the caller may go on.</summary>
    internal bool RequireOwnThread(string what, MethodInfo? by = null)
    {
        if (Environment.CurrentManagedThreadId == owner)
        {
            return true;
        }

        escaped ??= $"{what}{(by is null ? "" : $" for {SimulatedExecutor.Name(by)}")} on thread {Environment.CurrentManagedThreadId} ({(Thread.CurrentThread.IsThreadPoolThread ? "thread pool" : Thread.CurrentThread.Name ?? "unnamed")}). {OwnFrames()}";
        return false;
    }

    internal bool IsOwnThread => Environment.CurrentManagedThreadId == owner;

    internal void Enter(Action act) => Enter(() =>
    {
        act();
        return true;
    });

    /// <summary>Makes the calling thread the world's, for as long as this takes, without its ambient values and its synchronization context.</summary>
    internal TResult Enter<TResult>(Func<TResult> act)
    {
        if (entered && IsOwnThread)
        {
            return act();
        }

        (owner, entered) = (Environment.CurrentManagedThreadId, true);
        var context = SynchronizationContext.Current;
        var ambient = ExecutionContext.Capture();
        SynchronizationContext.SetSynchronizationContext(null);
        ExecutionContext.Restore(inside);
        try
        {
            return act();
        }
        finally
        {
            entered = false;
            if (ambient is not null)
            {
                ExecutionContext.Restore(ambient);
            }

            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>A call that timed out though its silo lives may wait for work that left; then that comes back about now, in real time.</summary>
    internal void SuspectEscape()
    {
        if (graces++ < GracesMax)
        {
            SpinWait.SpinUntil(() => escaped is not null || suspected, Options.EscapeGrace);
        }
    }

    private ExecutionContext CaptureInside()
    {
        ExecutionContext? captured = null;
        ExecutionContext.Run(
            Bare,
            _ =>
            {
                Inside.Value = this;
                captured = ExecutionContext.Capture();
            },
            null);
        return captured!;
    }

    private static string OwnFrames()
    {
        var frames = new StackTrace(skipFrames: 2).GetFrames()
            .Select(frame => frame.GetMethod())
            .Where(method => method?.DeclaringType is { Namespace: { } space } && !space.StartsWith("System", StringComparison.Ordinal) && space != typeof(SimulatedCluster).Namespace)
            .Take(3)
            .Select(method => $"{method!.DeclaringType}.{method.Name}");
        return string.Join(" <- ", frames) is { Length: > 0 } path ? $"By {path}." : "";
    }

    private static ExecutionContext CaptureBare()
    {
        ExecutionContext? bare = null;
        var thread = new Thread(() => bare = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return bare!;
    }
}
