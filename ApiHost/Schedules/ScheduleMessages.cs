using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.ApiHost.Plans;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.ApiHost.Schedules;

/// <summary>Declares a schedule: when (<c>cron</c>, <c>every</c> or both), and what it starts (<c>plan</c>, <c>planName</c> or <c>template</c>).</summary>
/// <param name="Name">1 to 64 letters, digits, '.', '_' and '-'; the name in the path without one.</param>
/// <param name="Cron">One expression or an array of at most 20: five fields, or six with seconds first.</param>
/// <param name="Every">An interval, ISO 8601: whole seconds, 1 s to 366 days.</param>
/// <param name="Anchor">Windows of the interval are whole intervals before and after it; 1970-01-01T00:00:00Z without one.</param>
/// <param name="TimeZone">For <c>cron</c>: a name of the IANA database, such as <c>Europe/Berlin</c>; UTC without one.</param>
/// <param name="From">No window before it.</param>
/// <param name="Until">No window after it.</param>
/// <param name="Jitter">Each window starts so much later at most, the same one always by the same span: ISO 8601, up to an hour.</param>
/// <param name="Overlap"><c>skip</c> (without one), <c>buffer_one</c>, <c>buffer_all</c>, <c>cancel_other</c>, <c>terminate_other</c> or <c>allow_all</c>.</param>
/// <param name="CatchUp">What becomes of windows that nobody was there for: <c>all</c> (without one), <c>one</c> or <c>skip</c>.</param>
/// <param name="CatchUpWindow">Windows later than this are never caught up: ISO 8601; a day without one.</param>
/// <param name="ActionsMax">After so many starts it is exhausted.</param>
/// <param name="Plan">A plan as a JSON object, or as a text in YAML or JSON.</param>
/// <param name="PlanName">A plan of the catalogue, as it stands when the window comes.</param>
/// <param name="PlanVersion">Which version of it; the newest without one.</param>
/// <param name="Template">A plan that comes with the product.</param>
/// <param name="Tags">Those of each workflow; <c>schedule</c> and <c>window</c> are added. Up to 30.</param>
internal sealed record ScheduleRequest(
    string? Name = null,
    JsonElement? Cron = null,
    string? Every = null,
    DateTimeOffset? Anchor = null,
    string? TimeZone = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null,
    string? Jitter = null,
    string? Overlap = null,
    string? CatchUp = null,
    string? CatchUpWindow = null,
    long? ActionsMax = null,
    string? Description = null,
    JsonElement? Plan = null,
    string? PlanName = null,
    int? PlanVersion = null,
    string? Template = null,
    Payload? Input = null,
    JsonElement? Priority = null,
    ImmutableSortedDictionary<string, string>? Tags = null,
    string? CallbackUrl = null);

/// <param name="Note">Why; shown with the schedule. At most 1,000 characters.</param>
internal sealed record NoteRequest(string? Note = null);

/// <param name="Overlap">Another overlap policy than the schedule's, for this once.</param>
internal sealed record TriggerRequest(string? Overlap = null);

/// <param name="From">The first moment; a window at it is one of them.</param>
/// <param name="To">The last moment; a window at it is one of them. What lies in the future is left out.</param>
/// <param name="Overlap">Another overlap policy than the schedule's, for these.</param>
internal sealed record BackfillRequest(DateTimeOffset From, DateTimeOffset To, string? Overlap = null);

/// <summary>Times to look at without a schedule: as a schedule has them.</summary>
/// <param name="Count">How many windows to show: 1 to 100; 10 without one.</param>
/// <param name="After">From when on; now without one.</param>
internal sealed record PreviewRequest(
    JsonElement? Cron = null,
    string? Every = null,
    DateTimeOffset? Anchor = null,
    string? TimeZone = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null,
    int Count = 10,
    DateTimeOffset? After = null);

/// <summary>The windows to come, without jitter.</summary>
internal sealed record PreviewResponse(ImmutableArray<DateTimeOffset> Next);

/// <param name="Windows">How many windows are started or wait; those whose workflow is there already are left out.</param>
internal sealed record BackfillResponse(int Windows);

/// <param name="Workflow">The id of the workflow that is started, now or when what runs has ended; with the policy <c>skip</c> perhaps never.</param>
internal sealed record TriggerResponse(string Workflow, string Self);

/// <summary>A schedule as it stands.</summary>
/// <param name="Version">Of the definition; also its ETag.</param>
/// <param name="Declared">It comes from the server's configuration.</param>
/// <param name="Counts">What became of every window that has come: <c>due</c> is the sum of the others and of what waits.</param>
/// <param name="Next">The windows to come, without jitter; none while it is paused or when none will come.</param>
/// <param name="Running">Workflows that were started and have not been seen to end; not kept with <c>allow_all</c>.</param>
/// <param name="Waiting">Windows that wait for what runs to end.</param>
/// <param name="Recent">The newest starts, the newest first, at most 20.</param>
internal sealed record ScheduleResponse(
    string Name,
    ImmutableArray<string> Cron,
    long? EveryMs,
    DateTimeOffset? Anchor,
    string? TimeZone,
    DateTimeOffset? From,
    DateTimeOffset? Until,
    long? JitterMs,
    OverlapPolicy Overlap,
    CatchUpPolicy CatchUp,
    long? CatchUpWindowMs,
    long? ActionsMax,
    string? Description,
    Payload? Plan,
    string? PlanName,
    int? PlanVersion,
    Payload Input,
    int Priority,
    ImmutableSortedDictionary<string, string> Tags,
    string? CallbackUrl,
    string Version,
    bool Declared,
    bool Paused,
    string? Note,
    CountsResponse Counts,
    ImmutableArray<DateTimeOffset> Next,
    ImmutableArray<string> Running,
    ImmutableArray<DateTimeOffset> Waiting,
    ImmutableArray<ScheduledStartResponse> Recent,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static ScheduleResponse Of(ScheduleView view)
    {
        var (times, start) = (view.Definition.Times, view.Definition.Start);
        return new(
            view.Definition.Name,
            times.Cron.IsDefault ? [] : times.Cron,
            (long?)times.Every?.TotalMilliseconds,
            times.Anchor,
            times.TimeZone,
            times.From,
            times.Until,
            (long?)times.Jitter?.TotalMilliseconds,
            view.Definition.Overlap,
            view.Definition.CatchUp,
            (long?)view.Definition.CatchUpWindow?.TotalMilliseconds,
            view.Definition.ActionsMax,
            view.Definition.Description,
            start.Plan is { } plan ? PlanText.Write(plan) : null,
            start.PlanName,
            start.PlanVersion,
            start.Input,
            start.Priority,
            start.Tags ?? ImmutableSortedDictionary<string, string>.Empty,
            start.CallbackUrl,
            view.Version,
            view.Definition.Declared,
            view.Paused,
            view.Note,
            new(view.Counts.Due, view.Counts.Started, view.Counts.Skipped, view.Counts.Dropped, view.Counts.Missed, view.Counts.Paused, view.Counts.Failed),
            view.Next,
            view.Running,
            view.Waiting,
            [.. view.Recent.Select(past => new ScheduledStartResponse(past.At, past.Workflow, past.Kind, past.StartedAt, past.Problem))],
            view.CreatedAt,
            view.UpdatedAt);
    }
}

/// <param name="Skipped">Passed over because another ran.</param>
/// <param name="Dropped">Passed over because no more may wait, or because a later one took the place.</param>
/// <param name="Missed">Passed while nobody was there, and not caught up.</param>
/// <param name="Paused">Passed while it was paused.</param>
/// <param name="Failed">The workflow could not be started.</param>
internal sealed record CountsResponse(long Due, long Started, long Skipped, long Dropped, long Missed, long Paused, long Failed);

/// <param name="Problem">Why it could not be started; null when it was.</param>
internal sealed record ScheduledStartResponse(DateTimeOffset At, string Workflow, StartKind Kind, DateTimeOffset StartedAt, string? Problem);
