using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Vocabulary.Schedules;

/// <summary>Starts workflows at times. Each time is a window, and a window starts one workflow, whatever crashes.</summary>
/// <param name="Name">1 to 64 letters, digits, '.', '_' and '-'.</param>
/// <param name="CatchUp">What becomes of windows that nobody was there for.</param>
/// <param name="CatchUpWindow">Windows that are later than this are never caught up: 1 s to 366 days; null is one day.</param>
/// <param name="ActionsMax">After so many starts it is exhausted; triggers and backfills do not count. Null for no limit.</param>
/// <param name="Declared">It comes from configuration.</param>
[GenerateSerializer, Immutable, Alias("schedule-definition")]
public sealed record Schedule(
    [property: Id(0)] string Name,
    [property: Id(1)] ScheduleTimes Times,
    [property: Id(2)] ScheduledStart Start,
    [property: Id(3)] OverlapPolicy Overlap = OverlapPolicy.Skip,
    [property: Id(4)] CatchUpPolicy CatchUp = CatchUpPolicy.All,
    [property: Id(5)] TimeSpan? CatchUpWindow = null,
    [property: Id(6)] long? ActionsMax = null,
    [property: Id(7)] string? Description = null,
    [property: Id(8)] bool Declared = false);

/// <summary>When. With several expressions, or an interval besides, every time that any of them names is one window.</summary>
/// <param name="Cron">Five fields (minute, hour, day of month, month, day of week) or six with seconds first; at most 20 expressions.</param>
/// <param name="Every">An interval: whole seconds, 1 s to 366 days.</param>
/// <param name="Anchor">Windows of the interval are whole intervals before and after it; null is 1970-01-01T00:00:00Z.</param>
/// <param name="TimeZone">For <paramref name="Cron"/>: a name of the IANA time zone database; null is UTC.</param>
/// <param name="From">No window before it.</param>
/// <param name="Until">No window after it.</param>
/// <param name="Jitter">Each window is started so much later at most, the same window always by the same span: up to 1 hour.</param>
[GenerateSerializer, Immutable, Alias("schedule-times")]
public sealed record ScheduleTimes(
    [property: Id(0)] ImmutableArray<string> Cron = default,
    [property: Id(1)] TimeSpan? Every = null,
    [property: Id(2)] DateTimeOffset? Anchor = null,
    [property: Id(3)] string? TimeZone = null,
    [property: Id(4)] DateTimeOffset? From = null,
    [property: Id(5)] DateTimeOffset? Until = null,
    [property: Id(6)] TimeSpan? Jitter = null);

/// <summary>What a window starts. Exactly one of <paramref name="PlanName"/> and <paramref name="Plan"/> is there.</summary>
/// <param name="PlanName">A plan of the catalogue, as it stands when the window comes.</param>
/// <param name="PlanVersion">Which version of it; null for the newest.</param>
/// <param name="Tags">Those of each workflow, beside <c>schedule</c> (the name) and <c>window</c> (its time), which are added.</param>
[GenerateSerializer, Immutable, Alias("scheduled-start")]
public sealed record ScheduledStart(
    [property: Id(0)] string? PlanName = null,
    [property: Id(1)] int? PlanVersion = null,
    [property: Id(2)] Plan? Plan = null,
    [property: Id(3)] Payload Input = default,
    [property: Id(4)] int Priority = 3,
    [property: Id(5)] ImmutableSortedDictionary<string, string>? Tags = null,
    [property: Id(6)] string? CallbackUrl = null);

/// <summary>What becomes of a window that comes while a workflow of an earlier one runs.</summary>
[GenerateSerializer, Alias("overlap-policy")]
[JsonConverter(typeof(SnakeCaseEnumConverter<OverlapPolicy>))]
public enum OverlapPolicy
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>It starts nothing.</summary>
    Skip = 1,

    /// <summary>It waits for the other to end; one window waits, those after it are dropped.</summary>
    BufferOne = 2,

    /// <summary>It waits behind those that came before it; so many wait, those after them are dropped.</summary>
    BufferAll = 3,

    /// <summary>What runs is cancelled, and the window waits until that has ended, undoing included. One that waited before it is dropped.</summary>
    CancelOther = 4,

    /// <summary>What runs is cancelled, and the window starts at once.</summary>
    TerminateOther = 5,

    /// <summary>It starts beside the others.</summary>
    AllowAll = 6,
}

/// <summary>What becomes of windows that passed while nobody was there.</summary>
[GenerateSerializer, Alias("catch-up-policy")]
[JsonConverter(typeof(SnakeCaseEnumConverter<CatchUpPolicy>))]
public enum CatchUpPolicy
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>They are missed.</summary>
    Skip = 1,

    /// <summary>The latest is started, the others are missed.</summary>
    One = 2,

    /// <summary>All that are not later than the catch-up window are started, as the overlap policy allows.</summary>
    All = 3,
}
