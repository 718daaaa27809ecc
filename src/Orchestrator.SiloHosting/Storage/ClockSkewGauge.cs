using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Orchestrator.Execution.Journals;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>Shows how far this machine's clock is from the store's.</summary>
internal sealed class ClockSkewGauge(IMeterFactory meters, IProcessEpoch epoch) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meters.Create("Orchestrator.Store").CreateObservableGauge(
            "orc_clock_skew_seconds", () => epoch.ClockSkew.TotalSeconds, description: "How far this process's clock is ahead of the store's, negative when behind.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
