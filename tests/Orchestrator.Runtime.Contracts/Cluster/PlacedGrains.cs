using Orchestrator.Runtime.Contracts.Grains;
using Orleans.Placement;

namespace Orchestrator.Runtime.Contracts.Cluster;

public interface IPlacedGrain : IGrainWithStringKey
{
    /// <summary>The name of the silo in which it is activated.</summary>
    Task<string> Where();
}

public interface INearGrain : IPlacedGrain
{
    /// <summary>Subscribes to a stream and notes what it hears under its own key.</summary>
    Task Listen(string stream);
}

public interface ISpreadGrain : IPlacedGrain;

public interface IHandyGrain : IPlacedGrain;

[PreferLocalPlacement]
public sealed class NearGrain(ILocalSiloDetails silo) : Grain, INearGrain
{
    public Task<string> Where() => Task.FromResult(silo.Name);

    public Task Listen(string stream) => this.GetStreamProvider("events").GetStream<int>("explicit", stream).SubscribeAsync((number, _) =>
    {
        Probe.Of(this.GetPrimaryKeyString()).Note($"{number} in {silo.Name}");
        Probe.Of(this.GetPrimaryKeyString()).Open($"heard {number}");
        return Task.CompletedTask;
    });

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Of(this.GetPrimaryKeyString()).Note($"deactivated: {reason.ReasonCode}");
        return Task.CompletedTask;
    }
}

[RandomPlacement]
public sealed class SpreadGrain(ILocalSiloDetails silo) : Grain, ISpreadGrain
{
    public Task<string> Where() => Task.FromResult(silo.Name);
}

[StatelessWorker]
public sealed class HandyGrain(ILocalSiloDetails silo) : Grain, IHandyGrain
{
    public Task<string> Where() => Task.FromResult(silo.Name);
}
