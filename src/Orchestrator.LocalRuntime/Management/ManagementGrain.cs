namespace Orchestrator.LocalRuntime;

/// <summary>Answers from what the silos of this process, or of this simulated world, know of themselves.</summary>
internal sealed class ManagementGrain : Grain, IManagementGrain
{
    private LocalSilo Silo => ((Activation)GrainContext).Silo;

    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false) =>
        Task.FromResult(Silo.Peers().ToDictionary(silo => new SiloAddress(silo.Name), silo => silo.Status).Where(silo => !onlyActive || silo.Value == SiloStatus.Active).ToDictionary());

    public Task<int> GetTotalActivationCount() => Task.FromResult(Silo.Peers().Sum(silo => silo.ActivationCount));

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics() => Task.FromResult(Silo.Peers()
        .SelectMany(silo => silo.Activations()
            .GroupBy(activation => activation.Class)
            .Select(group => new SimpleGrainStatistic(group.Key.Type.FullName!, new(silo.Name), group.Count())))
        .ToArray());

    public ValueTask<List<GrainId>> GetActiveGrains(GrainType type) =>
        new([.. Silo.Peers().SelectMany(silo => silo.Activations()).Where(activation => activation.GrainId.Type == type).Select(activation => activation.GrainId).Distinct()]);

    public Task ForceActivationCollection(TimeSpan ageLimit)
    {
        var now = Silo.Clock.GetUtcNow();
        foreach (var activation in Silo.Peers().SelectMany(silo => silo.Activations()).Where(activation => !activation.Class.IsKeptAlive && activation != GrainContext))
        {
            activation.CollectIfIdle(now, ageLimit);
        }

        return Task.CompletedTask;
    }
}
