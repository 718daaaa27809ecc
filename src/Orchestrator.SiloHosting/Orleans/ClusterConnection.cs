using Microsoft.Extensions.Logging;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Knows whether this front end has found its cluster, and whether it is in touch with a silo now.</summary>
internal sealed partial class ClusterConnection(ILogger<ClusterConnection> logger) : IClusterConnectionStatusObserver, ILifecycleParticipant<IClusterClientLifecycle>, IClusterDoor
{
    private int gateways;

    /// <summary>The cluster has been found: calls may be made. Each of them connects anew where a connection was lost.</summary>
    public bool IsFound { get; private set; }

    public bool IsInTouch => IsFound && Volatile.Read(ref gateways) > 0;

    // Notices may come in any order, so what each says has changed is counted, not what it says there is.
    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered) =>
        LogGateways(Interlocked.Add(ref gateways, currentNumberOfGateways - previousNumberOfGateways));

    public void NotifyClusterConnectionLost() => LogLost();

    public void Participate(IClusterClientLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(ClusterConnection),
        ServiceLifecycleStage.Active,
        _ =>
        {
            IsFound = true;
            return Task.CompletedTask;
        },
        _ =>
        {
            IsFound = false;
            return Task.CompletedTask;
        });

    [LoggerMessage(EventId = 7201, EventName = "GatewaysChanged", Level = LogLevel.Information, Message = "In touch with {Gateways} silos")]
    private partial void LogGateways(int gateways);

    [LoggerMessage(EventId = 7202, EventName = "ClusterLost", Level = LogLevel.Warning, Message = "In touch with no silo; requests are answered 503 until one is reached")]
    private partial void LogLost();
}
