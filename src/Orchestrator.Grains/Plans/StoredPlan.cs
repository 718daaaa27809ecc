using System.Text.Json;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Grains.Plans;

/// <summary>What is kept of a named plan: its versions, oldest first, each plan as the JSON people write.</summary>
[GenerateSerializer, Alias("stored-plan")]
public sealed class StoredPlan
{
    /// <summary>The highest number ever given, also before a removal.</summary>
    [Id(0)]
    public int LastNumber { get; set; }

    [Id(1)]
    public List<Version> Versions { get; set; } = [];

    [GenerateSerializer, Alias("stored-plan-version")]
    public sealed class Version
    {
        [Id(0)]
        public int Number { get; set; }

        [Id(1)]
        public DateTimeOffset DefinedAt { get; set; }

        [Id(2)]
        public string? Description { get; set; }

        [Id(3)]
        public string Plan { get; set; } = "";

        public Plan Read() => JsonSerializer.Deserialize<Plan>(Plan, VocabularyJson.Options)
            ?? throw new InvalidOperationException($"Version {Number} of a stored plan holds the JSON value null, where a plan was expected.");

        public PlanVersionInfo ToInfo() => new(Number, DefinedAt, Description);
    }
}
