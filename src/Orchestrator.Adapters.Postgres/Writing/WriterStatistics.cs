namespace Orchestrator.Adapters.Postgres.Writing;

/// <summary>What the writers have done since the start of this process.</summary>
/// <param name="Commits">Batches made durable.</param>
/// <param name="Writes">Appends in them, refused ones included.</param>
/// <param name="Refused">Appends refused because the store was away or full, or too many waited.</param>
/// <param name="Races">Batches that the server rolled back for another's sake, and that were run again.</param>
public sealed record WriterStatistics(long Commits, long Writes, long Refused, long Races);
