namespace Orchestrator.SiloHosting.Cluster;

/// <summary>No silo answered a front end's call for as long as it was repeated.</summary>
public sealed class ClusterAwayException(bool mayBeDone, Exception? cause) : Exception("No silo of the cluster answered.", cause)
{
    /// <summary>Whether the call may have been carried out all the same. Otherwise nobody took it.</summary>
    public bool MayBeDone { get; } = mayBeDone;
}
