namespace Orchestrator.Execution.Retention;

/// <summary>What one sweep deleted.</summary>
public sealed record RetentionReport(long Workflows, long Requests, long Blobs = 0);
