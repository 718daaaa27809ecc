namespace Orchestrator.Adapters.Sqlite.Backups;

/// <summary>What a backup holds.</summary>
/// <param name="Epoch">The highest epoch in it.</param>
public sealed record BackupReport(long Bytes, int SchemaVersion, long Epoch, long Workflows);
