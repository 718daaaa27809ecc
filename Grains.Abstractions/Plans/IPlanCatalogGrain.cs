using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Grains.Plans;

/// <summary>The versions of one named plan. The key is the plan's name.</summary>
[Alias("plan-catalog")]
public interface IPlanCatalogGrain : IGrainWithStringKey
{
    /// <summary>Adds a version, durably. The plan that is already the newest version adds none. Past the number of versions kept, the oldest is forgotten.</summary>
    /// <param name="expectedVersion">The newest version the caller has seen; null for whichever there is, 0 for none. Otherwise refused with <c>plan.version</c>.</param>
    [Alias("define")]
    Task<PlanReply> DefineAsync(Plan plan, int? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>A version, or the newest one; null when there is none.</summary>
    [Alias("get")]
    Task<PlanVersion?> GetAsync(int? version = null, CancellationToken cancellationToken = default);

    /// <summary>Newest first.</summary>
    [Alias("versions")]
    Task<ImmutableArray<PlanVersionInfo>> ListVersionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes the name out of the catalogue. Workflows that run keep their plan.</summary>
    [Alias("remove")]
    Task<PlanReply> RemoveAsync(CancellationToken cancellationToken = default);
}

/// <summary>Which plans have names. The key is always <see cref="Key"/>.</summary>
[Alias("plan-directory")]
public interface IPlanDirectoryGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Notes the newest version of a plan, durably, or refuses one name too many with <c>plan.too_many</c>. An older version changes nothing.</summary>
    [Alias("note")]
    Task<Refusal?> NoteAsync(string name, PlanVersionInfo newest, CancellationToken cancellationToken = default);

    [Alias("forget")]
    Task ForgetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>By name, from the one after <paramref name="after"/>.</summary>
    [Alias("list")]
    Task<ImmutableArray<NamedPlan>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default);
}

[GenerateSerializer, Immutable, Alias("plan-reply")]
public sealed record PlanReply([property: Id(0)] int? Version, [property: Id(1)] Refusal? Refusal = null);

[GenerateSerializer, Immutable, Alias("plan-version")]
public sealed record PlanVersion([property: Id(0)] string Name, [property: Id(1)] int Version, [property: Id(2)] DateTimeOffset DefinedAt, [property: Id(3)] Plan Plan);

[GenerateSerializer, Immutable, Alias("plan-version-info")]
public sealed record PlanVersionInfo([property: Id(0)] int Version, [property: Id(1)] DateTimeOffset DefinedAt, [property: Id(2)] string? Description);

[GenerateSerializer, Immutable, Alias("named-plan")]
public sealed record NamedPlan([property: Id(0)] string Name, [property: Id(1)] PlanVersionInfo Newest);
