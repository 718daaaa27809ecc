using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orchestrator.Grains;

namespace Orchestrator.ApiHost.Observing;

/// <summary>When this server was composed.</summary>
internal sealed class ServerStart(TimeProvider clock)
{
    public DateTimeOffset At { get; } = clock.GetUtcNow();
}

/// <summary>Says no from the moment the server is told to stop, before it stops taking requests, so that nobody sends it new ones.</summary>
internal sealed class Draining(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("the server is stopping") : HealthCheckResult.Healthy());
}

/// <summary>Says no while the list of workflows cannot be read: the silo is not there, or its store is not.</summary>
internal sealed class IndexAnswers(IGrainFactory grains, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        try
        {
            await grains.WorkflowIndex().CountAsync(cancellationToken).WaitAsync(Patience, clock, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A probe's answer is its result, whatever stood in the way; the exception goes to the log with it.
            return HealthCheckResult.Unhealthy("the list of workflows cannot be read", exception);
        }
    }
}
