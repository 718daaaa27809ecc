using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Decisions.Schedules;

namespace Orchestrator.Grains.Schedules;

/// <summary>What is kept of a schedule: its state as JSON, whole, so that a decision and what it has counted are one write.</summary>
[GenerateSerializer, Alias("stored-schedule")]
public sealed class StoredSchedule
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    [Id(0)]
    public string? State { get; set; }

    public static StoredSchedule Of(ScheduleState state) => new() { State = JsonSerializer.Serialize(state, Json) };

    public ScheduleState? Read() => State is null ? null
        : JsonSerializer.Deserialize<ScheduleState>(State, Json) ?? throw new InvalidOperationException("A stored schedule holds the JSON value null, where a schedule was expected.");
}

/// <summary>The names of all schedules.</summary>
[GenerateSerializer, Alias("stored-schedule-directory")]
public sealed class StoredScheduleDirectory
{
    [Id(0)]
    public List<string> Names { get; set; } = [];
}
