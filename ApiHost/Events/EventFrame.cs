using System.Collections.Frozen;
using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Topics;
using Orchestrator.Decisions.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Events;

/// <summary>An event as it goes to many readers: put into letters once, whoever asks first.</summary>
internal sealed class EventFrame(TopicName topic, TopicEvent kept)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ReadOnlyMemory<byte>> told = new(1, StringComparer.Ordinal);

    public long Number => kept.Number;

    public string Type => kept.Event.Type;

    /// <summary>About what it takes up in memory.</summary>
    public int Bytes => kept.Event.Bytes * 2;

    /// <summary>The event as one line of JSON (CloudEvents 1.0), with the topic and its number there.</summary>
    /// <param name="name">The name that it is asked for by.</param>
    public ReadOnlyMemory<byte> As(string name)
    {
        lock (gate)
        {
            if (!told.TryGetValue(name, out var json))
            {
                told.Add(name, json = JsonSerializer.SerializeToUtf8Bytes(Write(name), ApiJson.Responses));
            }

            return json;
        }
    }

    private System.Text.Json.Nodes.JsonObject Write(string name)
    {
        var json = CloudEventText.Write(EventNames.As(kept.Event, name));
        json["topicname"] = topic.Value;
        json["topicnumber"] = kept.Number;
        return json;
    }
}

/// <summary>Which events a reader wants.</summary>
/// <param name="types">Types and other names of theirs; none for all, under their own types.</param>
internal sealed class EventFilter(IEnumerable<string> types)
{
    public const int TypesMax = 64;
    public const int TypeLengthMax = 255;

    private readonly FrozenSet<string> wanted = types.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The name under which this reader wants the event: its own type where that is asked for, else the first other name that is; null where it does not.</summary>
    public string? NameOf(string type) =>
        wanted.Count == 0 || wanted.Contains(type) ? type : EventNames.Others(type).FirstOrDefault(wanted.Contains);
}
