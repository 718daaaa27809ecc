using System.ComponentModel.DataAnnotations;
using Orchestrator.Execution.Audits;

namespace Orchestrator.SiloHosting.Workflows;

/// <summary>How much of what is kept is checked against the invariants, and how often. Every silo audits by itself.</summary>
public sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Between two passes, give or take a tenth.</summary>
    /// <value>1 s to 1 day. The default is 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Every { get; set; } = AuditPolicy.Default.Every;

    /// <summary>Workflows looked at in one pass. The next goes on where it ended, and begins again with the newest when all were seen.</summary>
    /// <value>1 to 1,000,000. The default is 10,000.</value>
    [Range(1, 1_000_000)]
    public int WorkflowsMax { get; set; } = AuditPolicy.Default.WorkflowsMax;

    /// <summary>Suspects whose events are read in one pass, to be certain.</summary>
    /// <value>1 to 10,000. The default is 100.</value>
    [Range(1, 10_000)]
    public int ReplaysMax { get; set; } = AuditPolicy.Default.ReplaysMax;

    public AuditPolicy ToPolicy() => new(Every, WorkflowsMax, ReplaysMax);
}
