using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Decisions.Topics;

/// <summary>The other names under which readers may ask for what is kept: one row in a topic, several words for it.</summary>
/// <remarks>Told when it is read and not when it is written, so that a name costs those who ask for it and nobody else.</remarks>
public static class EventNames
{
    public const string QueueCompleted = "queue:completed";
    public const string QueueFailed = "queue:failed";
    public const string TaskCompleted = "task_completed";

    /// <summary>The names an event of this type may be asked for by, beside its own.</summary>
    public static ImmutableArray<string> Others(string type) => type switch
    {
        "workflow.completed" => [QueueCompleted, TaskCompleted],
        "workflow.failed" or "workflow.timed-out" or "workflow.cancelled" => [QueueFailed],
        _ => [],
    };

    /// <summary>The event as readers of this name expect it; the event itself under its own type.</summary>
    /// <param name="name">Its type, or one of <see cref="Others"/>.</param>
    public static CloudEvent As(CloudEvent kept, string name) => name switch
    {
        QueueCompleted => kept with { Type = name, Data = Told(kept, "jobId", "result") },
        TaskCompleted => kept with { Type = name, Data = Told(kept, "task_id", "result") },
        QueueFailed => kept with { Type = name, Data = Told(kept, "jobId", "error") },
        _ => kept,
    };

    private static Payload Told(CloudEvent kept, string id, string member)
    {
        using var data = kept.Data.Parse();
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString(id, kept.Subject);
            if (data.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var told in data.RootElement.EnumerateObject().Where(told => told.Name == member || told.Name == member + "LeftOut"))
                {
                    told.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return Payload.FromTrustedUtf8(bytes.WrittenMemory);
    }
}
