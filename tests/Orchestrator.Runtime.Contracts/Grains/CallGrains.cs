using System.Collections.Immutable;

namespace Orchestrator.Runtime.Contracts.Grains;

[GenerateSerializer, Immutable]
public sealed record Parcel([property: Id(0)] string Label, [property: Id(1)] ImmutableArray<int> Weights);

public interface IParcelGrain : IGrainWithStringKey
{
    Task<int> Count();

    Task Add(int amount);

    ValueTask<int> AddAndGet(int amount);

    ValueTask Reset();

    Task<Parcel> Echo(Parcel parcel);

    Task Fail(string message);

    ValueTask<int> FailAtOnce(string message);

    Task<string> WaitFor(string gate, CancellationToken cancellationToken = default);

    [AlwaysInterleave]
    Task<string> Peek();

    [ReadOnly]
    Task<string> Look(string gate);

    [OneWay]
    Task Tell(string word);

    [OneWay]
    Task TellAndFail();

    Task<string> WhoAmI();
}

public sealed class ParcelGrain : Grain, IParcelGrain
{
    private int count;

    private Probe Probe => Probe.Of(this.GetPrimaryKeyString());

    public Task<int> Count() => Task.FromResult(count);

    public async Task Add(int amount)
    {
        Probe.Enter();
        var read = count;
        await Task.Yield();
        count = read + amount;
        Probe.Leave();
    }

    public ValueTask<int> AddAndGet(int amount) => new(count += amount);

    public ValueTask Reset()
    {
        count = 0;
        return ValueTask.CompletedTask;
    }

    public Task<Parcel> Echo(Parcel parcel) => Task.FromResult(parcel);

    public async Task Fail(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public ValueTask<int> FailAtOnce(string message) => throw new ArgumentException(message);

    public async Task<string> WaitFor(string gate, CancellationToken cancellationToken = default)
    {
        Probe.Note($"begin {gate}");
        Probe.Open($"{gate} begun");
        await Probe.Gate(gate).WaitAsync(cancellationToken);
        Probe.Note($"end {gate}");
        return gate;
    }

    public Task<string> Peek() => Task.FromResult(string.Join(", ", Probe.Diary));

    public Task<string> Look(string gate) => WaitFor(gate);

    public Task Tell(string word)
    {
        Probe.Note(word);
        Probe.Open(word);
        return Task.CompletedTask;
    }

    public Task TellAndFail() => throw new InvalidOperationException("Nobody hears this.");

    public Task<string> WhoAmI() => Task.FromResult(this.GetGrainId().ToString());
}

public interface IOpenGrain : IGrainWithStringKey
{
    Task<string> WaitFor(string gate);

    Task<bool> TurnsOverlapped();
}

/// <summary>Lets requests interleave at awaits; turns still never overlap.</summary>
[Reentrant]
public sealed class OpenGrain : Grain, IOpenGrain
{
    private int inTurn;
    private bool overlapped;

    public async Task<string> WaitFor(string gate)
    {
        for (var i = 0; i < 50; i++)
        {
            overlapped |= Interlocked.Increment(ref inTurn) > 1;
            Thread.SpinWait(200);
            Interlocked.Decrement(ref inTurn);
            await Task.Yield();
        }

        await Probe.Of(this.GetPrimaryKeyString()).Gate(gate);
        return gate;
    }

    public Task<bool> TurnsOverlapped() => Task.FromResult(overlapped);
}

public interface IChainGrain : IGrainWithStringKey
{
    Task<string> AskBack(string other, bool allowReentry);

    Task<string> CallMeBack(string other);

    Task<string> Name();
}

public sealed class ChainGrain : Grain, IChainGrain
{
    public async Task<string> AskBack(string other, bool allowReentry)
    {
        using var section = allowReentry ? RequestContext.AllowCallChainReentrancy() : RequestContext.SuppressCallChainReentrancy();
        return await GrainFactory.GetGrain<IChainGrain>(other).CallMeBack(this.GetPrimaryKeyString());
    }

    public Task<string> CallMeBack(string other) => GrainFactory.GetGrain<IChainGrain>(other).Name();

    public Task<string> Name() => Task.FromResult(this.GetPrimaryKeyString());
}
