using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Grains.Plans;

/// <summary>How many plans are kept under names.</summary>
public sealed class PlanCatalogOptions
{
    public const string Section = "Plans";

    /// <summary>Versions kept of one plan. Past it the oldest is forgotten; workflows keep the plan they run.</summary>
    /// <value>1 to 10,000. The default is 100.</value>
    [Range(1, 10_000)]
    public int VersionsMax { get; set; } = 100;

    /// <summary>Names in the catalogue. One more is refused with <c>plan.too_many</c>.</summary>
    /// <value>1 to 100,000. The default is 10,000; the directory is one record, so a definition costs a write of all names.</value>
    [Range(1, 100_000)]
    public int NamesMax { get; set; } = 10_000;
}
