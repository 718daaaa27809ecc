namespace Orchestrator.Grains.Queues;

/// <summary>How far results have been told.</summary>
[GenerateSerializer, Alias("stored-result-relay")]
public sealed class StoredResultRelay
{
    [Id(0)]
    public long After { get; set; }
}
