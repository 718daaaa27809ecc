namespace Orchestrator.Grains.Requests;

/// <summary>What a person said of an answer.</summary>
[GenerateSerializer, Alias("stored-satisfaction")]
public sealed class StoredSatisfaction
{
    [Id(0)]
    public double? Satisfaction { get; set; }
}
