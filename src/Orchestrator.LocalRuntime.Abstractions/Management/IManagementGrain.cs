namespace Orchestrator.LocalRuntime;

/// <summary>Questions about the silos and what is awake in them. Ask for the grain with key 0.</summary>
public interface IManagementGrain : IGrainWithIntegerKey
{
    Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false);

    Task<int> GetTotalActivationCount();

    /// <summary>How many activations each grain class has in each silo; classes without any are left out.</summary>
    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics();

    ValueTask<List<GrainId>> GetActiveGrains(GrainType type);

    /// <summary>Ends every activation that is idle for at least so long. It may take until the next collection for a grain that has just been used to count as idle.</summary>
    Task ForceActivationCollection(TimeSpan ageLimit);
}

/// <summary>Which silo. The local runtime has no network addresses; names tell its silos apart.</summary>
[GenerateSerializer, Immutable]
public sealed record SiloAddress([property: Id(0)] string Name)
{
    public override string ToString() => Name;
}

public enum SiloStatus
{
    None = 0,
    Created = 1,
    Joining = 2,
    Active = 3,
    ShuttingDown = 4,
    Stopping = 5,
    Dead = 6,
}

[GenerateSerializer, Immutable]
public sealed record SimpleGrainStatistic([property: Id(0)] string GrainType, [property: Id(1)] SiloAddress SiloAddress, [property: Id(2)] int ActivationCount);
