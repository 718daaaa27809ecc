namespace Orchestrator.SiloHosting.Cluster;

/// <summary>What a front end knows of its cluster. A process with grains of its own has none.</summary>
public interface IClusterDoor
{
    /// <summary>The cluster has been found: grains can be called.</summary>
    bool IsFound { get; }
}
