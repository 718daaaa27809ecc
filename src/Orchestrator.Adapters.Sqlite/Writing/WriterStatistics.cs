namespace Orchestrator.Adapters.Sqlite.Writing;

/// <summary>What the writer has done since the start of this process.</summary>
/// <param name="Commits">Transactions made durable.</param>
/// <param name="Writes">Appends and other changes in them.</param>
/// <param name="Refused">Changes refused because the store was away or full.</param>
public sealed record WriterStatistics(long Commits, long Writes, long Refused);
