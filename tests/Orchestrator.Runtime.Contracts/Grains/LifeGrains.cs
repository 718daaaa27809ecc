namespace Orchestrator.Runtime.Contracts.Grains;

public interface ISlowStartGrain : IGrainWithStringKey
{
    Task Ask();
}

public sealed class SlowStartGrain : Grain, ISlowStartGrain, IDisposable
{
    public void Dispose() => throw new InvalidOperationException("An activation ends whatever its grain says.");

    private Probe Probe => Probe.Of(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Probe.Gate("start");
        Probe.Note("activated");
        if (this.GetPrimaryKeyString() == "fails-first" && Probe.Diary.Count == 1)
        {
            throw new InvalidOperationException("not yet");
        }
    }

    public Task Ask()
    {
        Probe.Note("asked");
        return Task.CompletedTask;
    }
}

public interface ILeavingGrain : IGrainWithStringKey
{
    Task<int> LeaveAndFinish();

    Task<int> Activation();
}

[KeepAlive]
public sealed class LeavingGrain : Grain, ILeavingGrain
{
    private static int activations;
    private readonly int activation = Interlocked.Increment(ref activations);

    private Probe Probe => Probe.Of(this.GetPrimaryKeyString());

    public async Task<int> LeaveAndFinish()
    {
        DeactivateOnIdle();
        Probe.Open("left");
        await Probe.Gate("finish");
        Probe.Note("finished");
        return activation;
    }

    public Task<int> Activation()
    {
        Probe.Note("answered");
        return Task.FromResult(activation);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Probe.Note($"deactivated: {reason.ReasonCode}");
    }
}

public interface IMirrorGrain : IGrainWithStringKey
{
    Task<string> WriteBoth(int total);

    Task WriteSecond(int total);

    Task<int> Second();

    Task<int> Activation();
}

/// <summary>Has one record in its hands twice, as two activations would.</summary>
public sealed class MirrorGrain(
    [PersistentState("mirror", "ledger")] IPersistentState<LedgerState> first,
    [PersistentState("mirror", "ledger")] IPersistentState<LedgerState> second) : Grain, IMirrorGrain
{
    private static int activations;
    private readonly int activation = Interlocked.Increment(ref activations);

    public async Task<string> WriteBoth(int total)
    {
        (first.State.Total, second.State.Total) = (total, total + 1);
        await first.WriteStateAsync();
        try
        {
            await second.WriteStateAsync();
            return "both wrote";
        }
        catch (InconsistentStateException)
        {
            return "first wrote, second was refused";
        }
    }

    public async Task WriteSecond(int total)
    {
        second.State.Total = total;
        await second.WriteStateAsync();
    }

    public Task<int> Second() => Task.FromResult(second.State.Total);

    public Task<int> Activation() => Task.FromResult(activation);
}

public interface IChoosyGrain : IGrainWithStringKey
{
    Task Do(string what);
}

[MayInterleave(nameof(IsUrgent))]
public sealed class ChoosyGrain : Grain, IChoosyGrain
{
    public static bool IsUrgent(IInvokable request) => request.GetArgument(0) switch
    {
        "unknowable" => throw new InvalidOperationException("Who knows."),
        string what => what.StartsWith("urgent", StringComparison.Ordinal),
        _ => false,
    };

    public async Task Do(string what)
    {
        var probe = Probe.Of(this.GetPrimaryKeyString());
        probe.Note(what);
        probe.Open($"{what} begun");
        if (what == "slow")
        {
            await probe.Gate(what);
        }
    }
}

public interface IWorkerGrain : IGrainWithStringKey
{
    Task<int> Work(string name);
}

[StatelessWorker(3)]
public sealed class WorkerGrain : Grain, IWorkerGrain
{
    private static int workers;
    private readonly int worker = Interlocked.Increment(ref workers);

    public async Task<int> Work(string name)
    {
        var probe = Probe.Of(this.GetPrimaryKeyString());
        probe.Enter();
        probe.Open($"{name} begun");
        await probe.Gate("go");
        probe.Leave();
        return worker;
    }
}

public interface ITimedGrain : IGrainWithStringKey
{
    Task Start(TimeSpan due, TimeSpan period, bool interleave);

    Task Stop();

    Task Leave();

    Task<bool> Ticking();

    Task Busy();
}

public sealed class TimedGrain : Grain, ITimedGrain
{
    private IGrainTimer? timer;

    private Probe Probe => Probe.Of(this.GetPrimaryKeyString());

    public Task Start(TimeSpan due, TimeSpan period, bool interleave)
    {
        timer = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions { DueTime = due, Period = period, Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        timer!.Dispose();
        timer.Dispose();
        return Task.CompletedTask;
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<bool> Ticking() => Task.FromResult(timer is not null);

    public async Task Busy()
    {
        Probe.Open("busy begun");
        await Probe.Gate("busy");
    }

    private Task TickAsync(CancellationToken cancellationToken)
    {
        Probe.Note("tick");
        return this.GetPrimaryKeyString() == "failing" ? throw new InvalidOperationException("a tick failed") : Task.CompletedTask;
    }
}

public interface IContextGrain : IGrainWithStringKey
{
    Task<string> Read(string name, string through);

    Task Write(string name, string value);
}

public sealed class ContextGrain : Grain, IContextGrain
{
    public async Task<string> Read(string name, string through)
    {
        await Task.Yield();
        return through.Length == 0
            ? RequestContext.Get(name)?.ToString() ?? "nothing"
            : await GrainFactory.GetGrain<IContextGrain>(through).Read(name, "");
    }

    public Task Write(string name, string value)
    {
        RequestContext.Set(name, value);
        return Task.CompletedTask;
    }
}

public interface IFilteringGrain : IGrainWithStringKey
{
    Task<int> Add(int left, int right);

    Task Forbidden();
}

public sealed class FilteringGrain : Grain, IFilteringGrain, IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var arguments = Enumerable.Range(0, context.Request.GetArgumentCount()).Select(context.Request.GetArgument);
        Probe.Of(this.GetPrimaryKeyString()).Note($"{context.InterfaceMethod.DeclaringType!.Name}.{context.MethodName}({string.Join(", ", arguments)})");
        if (context.MethodName == nameof(Forbidden))
        {
            throw new InvalidOperationException("Forbidden is not allowed");
        }

        await context.Invoke();
        context.Result = (int)context.Result! * 10;
    }

    public Task<int> Add(int left, int right) => Task.FromResult(left + right);

    public Task Forbidden() => Task.CompletedTask;
}
