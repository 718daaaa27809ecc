using System.Text.Json;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.Grains.Routes;

/// <summary>The stored routes in the order in which they came, each as JSON, and how many changes there were, removals included.</summary>
[GenerateSerializer, Alias("stored-routes")]
public sealed class StoredRoutes
{
    // Every member is written out, so that a default that changes one day changes no stored route.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Id(0)]
    public long LastRevision { get; set; }

    [Id(1)]
    public List<Entry> Routes { get; set; } = [];

    public static string Write(Route route) => JsonSerializer.Serialize(route, Json);

    public static Route Parse(string json) =>
        JsonSerializer.Deserialize<Route>(json, Json) ?? throw new InvalidOperationException("A stored route holds the JSON value null, where a route was expected.");

    [GenerateSerializer, Alias("stored-route")]
    public sealed class Entry
    {
        [Id(0)]
        public string Name { get; set; } = "";

        [Id(1)]
        public string Route { get; set; } = "";

        /// <summary>The number of the change that wrote it.</summary>
        [Id(2)]
        public long Revision { get; set; }
    }
}
