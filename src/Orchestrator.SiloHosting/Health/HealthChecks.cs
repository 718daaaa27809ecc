using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Orchestrator.Execution.Grains;
using Orchestrator.Execution.Journals;
using Orchestrator.SiloHosting.Workflows;

namespace Orchestrator.SiloHosting.Health;

/// <summary>What a silo tells of itself. A front end shows the checks by tag: <see cref="Startup"/>, <see cref="Ready"/>, <see cref="Live"/>.</summary>
public static class SiloHealth
{
    /// <summary>The store is open, its schema is ours, and it takes a write.</summary>
    public const string Startup = "startup";

    /// <summary>New work may be sent here.</summary>
    public const string Ready = "ready";

    /// <summary>The process makes progress of its own; asks nothing that is outside it, so that an outage elsewhere restarts nobody.</summary>
    public const string Live = "live";

    internal static void AddSiloHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<StoreIsWritable>("store", tags: [Startup, Ready])
        .AddCheck<NotDraining>("silo", tags: [Ready])
        .AddCheck<NotReplaced>("lease", tags: [Ready, Live])
        .AddCheck<SweeperTurns>("sweeper", tags: [Live]);
}

/// <summary>Writes a small record and waits until it is durable: a full or read-only disk still answers reads.</summary>
internal sealed class StoreIsWritable(IGrainStateTable records) : IHealthCheck
{
    private const string Grain = "health";
    private const string Record = "probe";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        try
        {
            // Two probes at the same time may collide; a conflict was judged inside a transaction, so it shows a store that works.
            var before = await records.ReadAsync(Grain, Record, cancellationToken);
            await records.WriteAsync(Grain, Record, "{}"u8.ToArray(), before?.ETag, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StorageUnavailableException unavailable)
        {
            return HealthCheckResult.Unhealthy(unavailable.Message);
        }
    }
}

internal sealed class NotDraining(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The process is stopping and takes no new work.") : HealthCheckResult.Healthy());
}

/// <summary>A process that counts as lost stays so until it is restarted: it gets no new work, and whoever restarts what is not alive may do so.</summary>
internal sealed class NotReplaced(IProcessEpoch epoch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
        epoch.CountsAsLost
            ? HealthCheckResult.Unhealthy("This process was cut off from the store for longer than its lease, or another start has taken its place. It counts as lost: restart it.")
            : HealthCheckResult.Healthy());
}

internal sealed class SweeperTurns(SweepJournal sweeper) : IHealthCheck
{
    /// <summary>The loop goes round every second or so; a minute without means that it is stuck.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromMinutes(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
        sweeper.SinceLook < SilenceMax ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The sweeper has not gone round for {sweeper.SinceLook.TotalSeconds:0} s."));
}
