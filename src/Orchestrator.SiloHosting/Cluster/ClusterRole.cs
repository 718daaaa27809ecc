namespace Orchestrator.SiloHosting.Cluster;

/// <summary>What this process is to the others.</summary>
public enum ClusterRole
{
    /// <summary>Door and grains in one process, alone.</summary>
    All,

    /// <summary>Hosts grains beside other silos, and has no door.</summary>
    Silo,

    /// <summary>A door that hosts no grains: a client of the silos.</summary>
    Frontend,
}
