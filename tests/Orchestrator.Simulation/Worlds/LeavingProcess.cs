using Microsoft.Extensions.Hosting;

namespace Orchestrator.Simulation.Worlds;

/// <summary>Says that a process leaves in good order. It is stopped last of all, when nothing of the process is under way any more.</summary>
internal sealed class LeavingProcess(Action leave) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        leave();
        return Task.CompletedTask;
    }
}
