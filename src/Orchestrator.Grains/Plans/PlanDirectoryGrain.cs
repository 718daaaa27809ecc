using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary;

namespace Orchestrator.Grains.Plans;

/// <summary>Which plans have names, as one record.</summary>
public sealed class PlanDirectoryGrain([PersistentState("directory")] IPersistentState<StoredPlanDirectory> stored, IOptions<PlanCatalogOptions> options)
    : Grain, IPlanDirectoryGrain
{
    /// <summary>Names in one answer.</summary>
    private const int PageMax = 1_000;

    public async Task<Refusal?> NoteAsync(string name, PlanVersionInfo newest, CancellationToken cancellationToken = default)
    {
        var known = stored.State.Plans.GetValueOrDefault(name);
        if (known?.Number >= newest.Version)
        {
            return null;
        }

        if (known is null && stored.State.Plans.Count >= options.Value.NamesMax)
        {
            return new Refusal("plan.too_many", $"{stored.State.Plans.Count} plans have names, which is as many as may.");
        }

        await StoreAsync(new(stored.State.Plans, StringComparer.Ordinal)
        {
            [name] = new StoredPlanDirectory.Entry { Number = newest.Version, DefinedAt = newest.DefinedAt, Description = newest.Description },
        });
        return null;
    }

    public async Task ForgetAsync(string name, CancellationToken cancellationToken = default)
    {
        if (stored.State.Plans.ContainsKey(name))
        {
            var others = new SortedDictionary<string, StoredPlanDirectory.Entry>(stored.State.Plans, StringComparer.Ordinal);
            others.Remove(name);
            await StoreAsync(others);
        }
    }

    public Task<ImmutableArray<NamedPlan>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<ImmutableArray<NamedPlan>>(
        [
            .. stored.State.Plans
                .OrderBy(plan => plan.Key, StringComparer.Ordinal)
                .SkipWhile(plan => after is not null && string.CompareOrdinal(plan.Key, after) <= 0)
                .Take(Math.Clamp(limit, 1, PageMax))
                .Select(plan => new NamedPlan(plan.Key, new PlanVersionInfo(plan.Value.Number, plan.Value.DefinedAt, plan.Value.Description))),
        ]);

    private Task StoreAsync(SortedDictionary<string, StoredPlanDirectory.Entry> plans) => stored.KeepAsync(new StoredPlanDirectory { Plans = plans });
}

/// <summary>The newest version of each named plan.</summary>
[GenerateSerializer, Alias("stored-plan-directory")]
public sealed class StoredPlanDirectory
{
    [Id(0)]
    public SortedDictionary<string, Entry> Plans { get; set; } = new(StringComparer.Ordinal);

    [GenerateSerializer, Alias("stored-plan-directory-entry")]
    public sealed class Entry
    {
        [Id(0)]
        public int Number { get; set; }

        [Id(1)]
        public DateTimeOffset DefinedAt { get; set; }

        [Id(2)]
        public string? Description { get; set; }
    }
}
