using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Grains.Plans;

/// <summary>The versions of one named plan, as one record.</summary>
public sealed class PlanCatalogGrain(
    [PersistentState("plan")] IPersistentState<StoredPlan> stored, TimeProvider clock, IOptions<PlanCatalogOptions> options) : Grain, IPlanCatalogGrain
{
    private string Name => field ??= this.GetPrimaryKeyString();

    private StoredPlan.Version? Newest => stored.State.Versions is [.., var newest] ? newest : null;

    public async Task<PlanReply> DefineAsync(Plan plan, int? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        var json = JsonSerializer.Serialize(plan, VocabularyJson.Options);
        if (Newest?.Plan == json)
        {
            // The same again changes nothing; but the directory may not have heard the first time.
            return new PlanReply(Newest.Number, await NoteAsync(Newest));
        }

        if (expectedVersion is { } expected && expected != (Newest?.Number ?? 0))
        {
            return new PlanReply(Newest?.Number, new Refusal("plan.version", $"Plan '{Name}' is at version {Newest?.Number ?? 0}, not at {expected}."));
        }

        var added = new StoredPlan.Version { Number = stored.State.LastNumber + 1, DefinedAt = clock.GetUtcNow(), Description = plan.Description, Plan = json };

        // The directory first: a name it refuses has no version, and a name without a version is listed only until somebody defines or removes it.
        if (await NoteAsync(added) is { } refusal)
        {
            return new PlanReply(null, refusal);
        }

        await stored.KeepAsync(new StoredPlan { LastNumber = added.Number, Versions = [.. stored.State.Versions.TakeLast(options.Value.VersionsMax - 1), added] });
        return new PlanReply(added.Number);
    }

    public Task<PlanVersion?> GetAsync(int? version = null, CancellationToken cancellationToken = default)
    {
        var found = version is null ? Newest : stored.State.Versions.Find(kept => kept.Number == version);
        return Task.FromResult(found is null ? null : new PlanVersion(Name, found.Number, found.DefinedAt, found.Read()));
    }

    public Task<ImmutableArray<PlanVersionInfo>> ListVersionsAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<ImmutableArray<PlanVersionInfo>>([.. Enumerable.Reverse(stored.State.Versions).Select(kept => kept.ToInfo())]);

    public async Task<PlanReply> RemoveAsync(CancellationToken cancellationToken = default)
    {
        if (Newest is null)
        {
            return new PlanReply(null, new Refusal("plan.not_found", $"There is no plan '{Name}'."));
        }

        // Numbers go on after a removal, so that no version number ever means two plans.
        await stored.KeepAsync(new StoredPlan { LastNumber = stored.State.LastNumber });
        await GrainFactory.PlanDirectory().ForgetAsync(Name, CancellationToken.None);
        return new PlanReply(null);
    }

    private Task<Refusal?> NoteAsync(StoredPlan.Version newest) => GrainFactory.PlanDirectory().NoteAsync(Name, newest.ToInfo(), CancellationToken.None);
}
