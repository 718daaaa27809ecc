using System.Text.Json;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>What is kept of a registered agent: its declaration as JSON, how often there was one, also before a removal, and whether calls may be out.</summary>
/// <remarks>JSON in a string, because grain stores differ in how they would write an <c>ImmutableArray</c>, and this form outlives all of them.</remarks>
[GenerateSerializer, Alias("stored-agent")]
public sealed class StoredAgent
{
    // Every member is written out: a queue of none must not come back as the default queue.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Id(0)]
    public string? Registration { get; set; }

    [Id(1)]
    public long Revision { get; set; }

    /// <summary>The activation that may have leases out: it writes its name before it gives the first, and takes it back when it ends with none out.</summary>
    [Id(2)]
    public string? GrantedBy { get; set; }

    public AgentRegistration? Read() => Registration is null ? null : Parse(Registration);

    public static string Write(AgentRegistration registration) => JsonSerializer.Serialize(registration, Json);

    public static AgentRegistration Parse(string json) =>
        JsonSerializer.Deserialize<AgentRegistration>(json, Json)
        ?? throw new InvalidOperationException("A stored agent holds the JSON value null, where its declaration was expected.");
}
