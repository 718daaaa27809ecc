namespace Orchestrator.Runtime.Contracts.Grains;

/// <summary>What a ledger keeps. Mutable on purpose: it never crosses a call.</summary>
[GenerateSerializer]
public sealed class LedgerState
{
    [Id(0)]
    public int Total { get; set; }
}

public interface ILedgerGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    Task<int> Total();

    Task AddUnsaved(int amount);

    Task Reload();

    Task Clear();

    Task<bool> IsStored();

    Task Leave();

    /// <summary>Which activation answers: a number that no two activations of a test process share.</summary>
    Task<int> Activation();
}

public sealed class LedgerGrain([PersistentState("total", "ledger")] IPersistentState<LedgerState> stored) : Grain, ILedgerGrain
{
    private static int activations;
    private readonly int activation = Interlocked.Increment(ref activations);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Probe.Of(this.GetPrimaryKeyString()).Note($"activated with {stored.State.Total}");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Of(this.GetPrimaryKeyString()).Note($"deactivated: {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public async Task<int> Add(int amount)
    {
        stored.State.Total += amount;
        await stored.WriteStateAsync();
        return stored.State.Total;
    }

    public Task<int> Total() => Task.FromResult(stored.State.Total);

    public Task AddUnsaved(int amount)
    {
        stored.State.Total += amount;
        return Task.CompletedTask;
    }

    public Task Reload() => stored.ReadStateAsync();

    public Task Clear() => stored.ClearStateAsync();

    public Task<bool> IsStored() => Task.FromResult(stored.RecordExists);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<int> Activation() => Task.FromResult(activation);
}
