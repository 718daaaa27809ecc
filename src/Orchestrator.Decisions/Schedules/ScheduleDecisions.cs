using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.Decisions.Schedules;

/// <summary>Everything a schedule may decide. Pure: the same arguments give the same answer, on any machine, on any day.</summary>
/// <remarks>
/// A window is decided on once, in the step that moves <see cref="ScheduleState.Cursor"/> past it, and what is to be started stands in <see cref="ScheduleState.Owed"/> from then on until its
/// workflow is known to have been started. Who does both under one record loses no window and starts none twice.
/// </remarks>
public static class ScheduleDecisions
{
    /// <summary>Decides on the windows that have come.</summary>
    /// <param name="more">There may be more: keep what was decided, start what is owed, and ask again.</param>
    public static ScheduleState Advance(ScheduleState state, ScheduleCalendar calendar, DateTimeOffset now, SchedulePolicy policy, out bool more)
    {
        for (var decided = 0; decided < policy.WindowsPerStep; decided++)
        {
            if (state.IsExhausted || state.Owed.Length >= policy.OwedMax || NextOf(state, calendar) is not { } next || next.StartsAt > now)
            {
                more = false;
                return state;
            }

            state = Decide(state, calendar, next, now, policy);
        }

        more = true;
        return state;
    }

    /// <summary>Notes that workflows have ended; the first window that waited for that is owed.</summary>
    public static ScheduleState Settle(ScheduleState state, IReadOnlySet<string> ended)
    {
        if (state.Running.Any(one => ended.Contains(one.Workflow)))
        {
            state = state with { Running = state.Running.RemoveAll(one => ended.Contains(one.Workflow)) };
        }

        while (state is { Running.IsEmpty: true, Owed.IsEmpty: true, Buffer: [var first, ..] })
        {
            state = Owe(state with { Buffer = state.Buffer.RemoveAt(0) }, first);
        }

        return state;
    }

    /// <summary>An owed workflow has been started.</summary>
    public static ScheduleState Started(ScheduleState state, string workflow, DateTimeOffset now)
    {
        if (state.Owed.FirstOrDefault(one => one.Workflow == workflow) is not { } owed)
        {
            return state;
        }

        var running = state.Running;
        if (state.Definition.Overlap != OverlapPolicy.AllowAll || !state.Buffer.IsEmpty)
        {
            // What another window is to take the place of ends; with two owed at once, that is the one that started first.
            var others = state.Definition.Overlap == OverlapPolicy.TerminateOther ? [.. running.Select(one => one with { Cancelled = true })] : running;
            running = [.. others.TakeLast(SchedulePolicy.RunningMax - 1), new RunningStart(workflow, state is { Definition.Overlap: OverlapPolicy.CancelOther, Buffer.IsEmpty: false })];
        }

        return Past(state, owed, now, problem: null) with { Running = running, Counts = state.Counts with { Started = state.Counts.Started + 1 } };
    }

    /// <summary>An owed workflow cannot be started, now or later.</summary>
    public static ScheduleState Failed(ScheduleState state, string workflow, string problem, DateTimeOffset now) =>
        state.Owed.FirstOrDefault(one => one.Workflow == workflow) is { } owed
            ? Past(state, owed, now, problem) with { Counts = state.Counts with { Failed = state.Counts.Failed + 1 } }
            : state;

    /// <summary>Another definition takes the place of this one. What has been decided stays decided.</summary>
    /// <remarks>Call <see cref="Advance"/> first: windows of the old definition up to now are the old definition's.</remarks>
    public static ScheduleState Replace(ScheduleState state, Schedule definition, DateTimeOffset now) =>
        state with { Definition = definition, Revision = state.Revision + 1, UpdatedAt = now, Cursor = now > state.Cursor ? now : state.Cursor, Taken = 0 };

    public static ScheduleState Pause(ScheduleState state, string? note, DateTimeOffset now) =>
        state is { Paused: true } && state.Note == note ? state : state with { Paused = true, Note = note, UpdatedAt = now };

    /// <remarks>Call <see cref="Advance"/> first: what passed until now passed while it was paused.</remarks>
    public static ScheduleState Resume(ScheduleState state, string? note, DateTimeOffset now) =>
        state.Paused ? state with { Paused = false, Note = note, UpdatedAt = now } : state;

    /// <summary>Starts a workflow now, as the overlap policy allows. Asked for again under the same id it changes nothing, for as long as the first is remembered or its workflow is kept.</summary>
    public static ScheduleState Trigger(ScheduleState state, string id, OverlapPolicy? overlap, DateTimeOffset now, SchedulePolicy policy)
    {
        var triggered = new Occurrence(now, TriggerIdOf(state.Definition.Name, id), StartKind.Triggered);
        return Knows(state, triggered.Workflow) ? state : Take(Come(state), triggered, overlap ?? state.Definition.Overlap, policy);
    }

    /// <summary>Windows of the past that are to be started now. Those that are on their way already are left alone.</summary>
    public static ScheduleState Backfill(ScheduleState state, IEnumerable<DateTimeOffset> windows, OverlapPolicy? overlap, SchedulePolicy policy)
    {
        foreach (var window in windows)
        {
            var occurrence = new Occurrence(window, WorkflowIdOf(state.Definition.Name, window), StartKind.Backfilled);
            if (!Knows(state, occurrence.Workflow))
            {
                state = Take(Come(state), occurrence, overlap ?? state.Definition.Overlap, policy with { BufferMax = Math.Max(policy.BufferMax, policy.BackfillMax) });
            }
        }

        return state;
    }

    /// <summary>When time moves it next; null when only a person does.</summary>
    public static DateTimeOffset? WakeAt(ScheduleState state, ScheduleCalendar calendar, DateTimeOffset now, SchedulePolicy policy)
    {
        if (!state.Owed.IsEmpty)
        {
            return now;
        }

        DateTimeOffset? check = state.Buffer.IsEmpty && !state.Running.Any(one => one.Cancelled) ? null : now + policy.CheckEvery;
        var next = state.Paused || state.IsExhausted ? null : NextOf(state, calendar)?.StartsAt;
        return check is null || next < check ? next : check;
    }

    /// <summary>The id of a window's workflow.</summary>
    public static string WorkflowIdOf(string schedule, DateTimeOffset window) =>
        string.Create(CultureInfo.InvariantCulture, $"{schedule}.{window.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");

    /// <summary>The id of a trigger's workflow.</summary>
    public static string TriggerIdOf(string schedule, string id) => $"{schedule}.t.{id}";

    private static (DateTimeOffset Window, DateTimeOffset StartsAt)? NextOf(ScheduleState state, ScheduleCalendar calendar) =>
        calendar.Next(state.Cursor) is { } window ? (window, calendar.StartsAt(window, WorkflowIdOf(state.Definition.Name, window))) : null;

    private static ScheduleState Decide(
        ScheduleState state, ScheduleCalendar calendar, (DateTimeOffset Window, DateTimeOffset StartsAt) next, DateTimeOffset now, SchedulePolicy policy)
    {
        state = Come(state) with { Cursor = next.Window };
        if (state.Paused)
        {
            return state with { Counts = state.Counts with { Paused = state.Counts.Paused + 1 } };
        }

        // A backfill may have been there before.
        var workflow = WorkflowIdOf(state.Definition.Name, next.Window);
        var late = now - next.StartsAt;
        if (late <= policy.LateAfter)
        {
            return Take(state, new Occurrence(next.Window, workflow, StartKind.Scheduled), state.Definition.Overlap, policy);
        }

        var caughtUp = late <= (state.Definition.CatchUpWindow ?? ScheduleRules.CatchUpWindowDefault) && state.Definition.CatchUp switch
        {
            CatchUpPolicy.All => true,
            CatchUpPolicy.One => NextOf(state, calendar) is not { } later || later.StartsAt > now,
            _ => false,
        };
        return caughtUp
            ? Take(state, new Occurrence(next.Window, workflow, StartKind.CaughtUp), state.Definition.Overlap, policy)
            : state with { Counts = state.Counts with { Missed = state.Counts.Missed + 1 } };
    }

    private static ScheduleState Take(ScheduleState state, Occurrence occurrence, OverlapPolicy overlap, SchedulePolicy policy)
    {
        var busy = !state.Running.IsEmpty || !state.Owed.IsEmpty || !state.Buffer.IsEmpty;
        switch (overlap)
        {
            case OverlapPolicy.AllowAll:
                return Owe(state, occurrence);
            case OverlapPolicy.TerminateOther:
                return Owe(state with { Running = [.. state.Running.Select(one => one with { Cancelled = true })] }, occurrence);
            case var _ when !busy:
                return Owe(state, occurrence);
            case OverlapPolicy.Skip:
                return state with { Counts = state.Counts with { Skipped = state.Counts.Skipped + 1 } };
            case OverlapPolicy.BufferOne:
                return Wait(state, occurrence, 1);
            case OverlapPolicy.BufferAll:
                return Wait(state, occurrence, policy.BufferMax);
            case OverlapPolicy.CancelOther:
                return state with
                {
                    Buffer = [occurrence],
                    Running = [.. state.Running.Select(one => one with { Cancelled = true })],
                    Counts = state.Counts with { Dropped = state.Counts.Dropped + state.Buffer.Length },
                };
            default:
                throw new InvalidOperationException($"Schedule '{state.Definition.Name}' has the overlap policy '{overlap}', which none can ask for.");
        }
    }

    private static ScheduleState Wait(ScheduleState state, Occurrence occurrence, int max) => state.Buffer.Length < max
        ? state with { Buffer = state.Buffer.Add(occurrence) }
        : state with { Counts = state.Counts with { Dropped = state.Counts.Dropped + 1 } };

    private static ScheduleState Owe(ScheduleState state, Occurrence occurrence)
    {
        var counts = occurrence.Kind is StartKind.Scheduled or StartKind.CaughtUp;
        return counts && state.IsExhausted
            ? state with { Counts = state.Counts with { Dropped = state.Counts.Dropped + 1 } }
            : state with { Owed = state.Owed.Add(occurrence), Taken = state.Taken + (counts ? 1 : 0) };
    }

    private static ScheduleState Come(ScheduleState state) => state with { Counts = state.Counts with { Due = state.Counts.Due + 1 } };

    private static ScheduleState Past(ScheduleState state, Occurrence owed, DateTimeOffset now, string? problem) => state with
    {
        Owed = state.Owed.Remove(owed),
        Recent = [new PastStart(owed.At, owed.Workflow, owed.Kind, now, problem), .. state.Recent.Take(SchedulePolicy.RecentMax - 1)],
    };

    private static bool Knows(ScheduleState state, string workflow) =>
        state.Owed.Any(one => one.Workflow == workflow) || state.Buffer.Any(one => one.Workflow == workflow)
        || state.Running.Any(one => one.Workflow == workflow) || state.Recent.Any(one => one.Workflow == workflow && one.Problem is null);
}
