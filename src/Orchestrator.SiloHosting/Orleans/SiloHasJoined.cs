using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Says no until this silo is a member others send calls to, and from the moment on when it leaves.</summary>
internal sealed class SiloHasJoined(ISiloStatusOracle members) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
        members.CurrentStatus == SiloStatus.Active
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"The silo is not a working member of its cluster but {members.CurrentStatus}."));
}
