using System.Text.Json;
using Orchestrator.Vocabulary.Subscriptions;

namespace Orchestrator.Grains.Subscriptions;

/// <summary>The stored subscriptions, each as JSON, and how many changes there were, removals included.</summary>
[GenerateSerializer, Alias("stored-subscriptions")]
public sealed class StoredSubscriptions
{
    // Every member is written out, so that a default that changes one day changes no stored subscription.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Id(0)]
    public long LastRevision { get; set; }

    [Id(1)]
    public List<Entry> Subscriptions { get; set; } = [];

    public static string Write(Subscription subscription) => JsonSerializer.Serialize(subscription, Json);

    public static Subscription Parse(string json) =>
        JsonSerializer.Deserialize<Subscription>(json, Json) ?? throw new InvalidOperationException("A stored subscription holds the JSON value null, where a subscription was expected.");

    [GenerateSerializer, Alias("stored-subscription-entry")]
    public sealed class Entry
    {
        [Id(0)]
        public string Name { get; set; } = "";

        [Id(1)]
        public string Subscription { get; set; } = "";

        /// <summary>The number of the change that wrote it.</summary>
        [Id(2)]
        public long Revision { get; set; }
    }
}

/// <summary>How far one subscription is.</summary>
[GenerateSerializer, Alias("stored-subscription")]
public sealed class StoredSubscription
{
    /// <summary>The topic that the number is of; empty before it has begun.</summary>
    [Id(0)]
    public string Topic { get; set; } = "";

    [Id(1)]
    public long After { get; set; }

    [Id(2)]
    public long Started { get; set; }

    [Id(3)]
    public long Cut { get; set; }

    [Id(4)]
    public string? LastProblem { get; set; }
}
