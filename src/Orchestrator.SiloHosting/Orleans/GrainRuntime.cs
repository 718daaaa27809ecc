namespace Orchestrator.SiloHosting.Orleans;

/// <summary>What the runtime of this build can do.</summary>
internal static class GrainRuntime
{
    /// <summary>Whether grains in several processes find each other.</summary>
    public const bool SpansProcesses = true;
}
