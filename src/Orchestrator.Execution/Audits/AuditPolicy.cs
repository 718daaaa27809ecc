namespace Orchestrator.Execution.Audits;

/// <summary>How much is audited, and how often.</summary>
/// <param name="Every">Between two passes.</param>
/// <param name="WorkflowsMax">Workflows looked at in one pass. The next goes on where it ended, and begins again with the newest when all were seen.</param>
/// <param name="ReplaysMax">Suspects whose events are read in one pass.</param>
public sealed record AuditPolicy(TimeSpan Every, int WorkflowsMax, int ReplaysMax)
{
    public static AuditPolicy Default { get; } = new(TimeSpan.FromMinutes(1), WorkflowsMax: 10_000, ReplaysMax: 100);
}
