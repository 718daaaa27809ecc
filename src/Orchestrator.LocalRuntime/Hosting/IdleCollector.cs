using Microsoft.Extensions.Hosting;

namespace Orchestrator.LocalRuntime;

/// <summary>Ends activations that nobody has used for their collection age, and ends all of them when the process stops.</summary>
internal sealed class IdleCollector(LocalSilo silo) : IHostedService, IDisposable
{
    private ITimer? timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        timer = silo.Clock.CreateTimer(_ => Collect(), null, silo.Options.CollectionQuantum, silo.Options.CollectionQuantum);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        await silo.StopAsync(cancellationToken);
    }

    public void Dispose() => timer?.Dispose();

    private void Collect()
    {
        var now = silo.Clock.GetUtcNow();
        foreach (var activation in silo.Activations())
        {
            if (!activation.Class.IsKeptAlive)
            {
                activation.CollectIfIdle(now, activation.Class.CollectionAge ?? silo.Options.CollectionAge);
            }
        }
    }
}
