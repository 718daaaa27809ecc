using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Schedules;

/// <summary>A schedule as it stands.</summary>
/// <param name="Version">Of the definition.</param>
/// <param name="Note">Why it is paused, or was resumed.</param>
/// <param name="Next">The next windows, at most as many as were asked for; none while it is paused or when none will come.</param>
/// <param name="Running">Workflows that were started and have not been seen to end; not kept where windows may overlap freely.</param>
/// <param name="Waiting">Windows that wait for what runs to end.</param>
/// <param name="Recent">The newest starts, the newest first.</param>
[GenerateSerializer, Immutable, Alias("schedule-view")]
public sealed record ScheduleView(
    [property: Id(0)] Schedule Definition,
    [property: Id(1)] string Version,
    [property: Id(2)] bool Paused,
    [property: Id(3)] string? Note,
    [property: Id(4)] ScheduleCounts Counts,
    [property: Id(5)] ImmutableArray<DateTimeOffset> Next,
    [property: Id(6)] ImmutableArray<string> Running,
    [property: Id(7)] ImmutableArray<DateTimeOffset> Waiting,
    [property: Id(8)] ImmutableArray<PastStart> Recent,
    [property: Id(9)] DateTimeOffset CreatedAt,
    [property: Id(10)] DateTimeOffset UpdatedAt);

/// <summary>What became of every window that has come, triggers and backfills included: <c>due</c> is the sum of the others and of what waits.</summary>
/// <param name="Started">Workflows started.</param>
/// <param name="Skipped">Passed over because another ran.</param>
/// <param name="Dropped">Passed over because no more may wait, or because a later one took the place.</param>
/// <param name="Missed">Passed while nobody was there, and not caught up.</param>
/// <param name="Paused">Passed while it was paused.</param>
/// <param name="Failed">The workflow could not be started; <c>recent</c> says why.</param>
[GenerateSerializer, Immutable, Alias("schedule-counts")]
public sealed record ScheduleCounts(
    [property: Id(0)] long Due = 0,
    [property: Id(1)] long Started = 0,
    [property: Id(2)] long Skipped = 0,
    [property: Id(3)] long Dropped = 0,
    [property: Id(4)] long Missed = 0,
    [property: Id(5)] long Paused = 0,
    [property: Id(6)] long Failed = 0);

/// <summary>Why a window started.</summary>
[GenerateSerializer, Alias("start-kind")]
[JsonConverter(typeof(SnakeCaseEnumConverter<StartKind>))]
public enum StartKind
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,
    Scheduled = 1,
    CaughtUp = 2,
    Triggered = 3,
    Backfilled = 4,
}

/// <param name="At">The window; of a trigger, when it was asked for.</param>
/// <param name="Problem">Why it could not be started; null when it was.</param>
[GenerateSerializer, Immutable, Alias("past-start")]
public sealed record PastStart(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string Workflow,
    [property: Id(2)] StartKind Kind,
    [property: Id(3)] DateTimeOffset StartedAt,
    [property: Id(4)] string? Problem = null);
