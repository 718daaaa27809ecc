using Microsoft.Extensions.Logging;
using Orchestrator.Decisions.Schedules;
using Orchestrator.Grains.Plans;
using Orchestrator.Grains.Records;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Schedules;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Schedules;

/// <summary>What a schedule does when time moves it.</summary>
public sealed partial class ScheduleGrain
{
    private const string Reminder = "window";

    /// <summary>Starts under way at the same time.</summary>
    private const int StartsAtATime = 16;

    /// <summary>Rounds of deciding and starting in one turn; the next turn goes on.</summary>
    private const int RoundsMax = 100;

    /// <summary>The shortest period that Orleans allows a reminder.</summary>
    private static readonly TimeSpan RemindEvery = TimeSpan.FromMinutes(1);

    /// <summary>A reminder further off than this is put off no further: a clock that was set wrong is found out within a day.</summary>
    private static readonly TimeSpan RemindMax = TimeSpan.FromDays(1);

    /// <summary>A window that is nearer than this is waited for in memory.</summary>
    private static readonly TimeSpan NearBy = TimeSpan.FromMinutes(2);

    private IGrainTimer? timer;
    private DateTimeOffset? remindedFrom;

    private async Task WorkAsync()
    {
        if (state is null)
        {
            return;
        }

        var waits = false;
        try
        {
            for (var round = 0; round < RoundsMax && !waits; round++)
            {
                await SettleAsync();
                var more = await DecideWindowsAsync();
                await CancelAsync();
                waits = !await StartOwedAsync() || (!more && state.Owed.IsEmpty);
            }
        }
        catch (Exception failure)
        {
            // Whatever it was, what is held here may be wrong. The reminder, which ticks until all is done, finds the schedule as it was kept.
            LogFailed(failure, Name);
            timer?.Dispose();
            DeactivateOnIdle();
            return;
        }

        await ArmAsync(soon: false);
    }

    /// <summary>Decides on the windows that have come, and keeps that.</summary>
    /// <returns>There may be more.</returns>
    private async Task<bool> DecideWindowsAsync()
    {
        if (state is null)
        {
            return false;
        }

        var next = ScheduleDecisions.Advance(state, calendar!, clock.GetUtcNow(), policy, out var more);
        if (!ReferenceEquals(next, state))
        {
            await KeepAsync(next);
        }

        return more;
    }

    private async Task SettleAsync()
    {
        var ended = new HashSet<string>(StringComparer.Ordinal);
        foreach (var one in state!.Running)
        {
            // One that is no longer kept has ended long ago.
            if (await index.FindAsync(new WorkflowId(one.Workflow), CancellationToken.None) is not { } row || row.Status.IsFinal())
            {
                ended.Add(one.Workflow);
            }
        }

        var next = ScheduleDecisions.Settle(state, ended);
        if (!ReferenceEquals(next, state))
        {
            await KeepAsync(next);
        }
    }

    private async Task CancelAsync()
    {
        foreach (var one in state!.Running.Where(one => one.Cancelled))
        {
            // Refused while it undoes what it did, or when it has ended; both are looked at again.
            await GrainFactory.Workflow(new WorkflowId(one.Workflow)).CancelAsync(new CommandContext("schedule:" + Name, "A later window takes its place."));
        }
    }

    /// <returns>False when one could not be started now: it stays owed.</returns>
    private async Task<bool> StartOwedAsync()
    {
        while (!state!.Owed.IsEmpty)
        {
            var batch = state.Owed.Take(StartsAtATime).ToArray();
            var outcomes = await Task.WhenAll(batch.Select(StartAsync));
            var next = state;
            foreach (var (occurrence, refusal) in batch.Zip(outcomes))
            {
                next = refusal switch
                {
                    null => ScheduleDecisions.Started(next, occurrence.Workflow, clock.GetUtcNow()),
                    { RetryAfter: not null } => next,
                    _ => ScheduleDecisions.Failed(next, occurrence.Workflow, $"{refusal.Code}: {refusal.Message}", clock.GetUtcNow()),
                };
            }

            await KeepAsync(next);
            foreach (var refusal in outcomes.OfType<Refusal>())
            {
                LogNotStarted(Name, refusal.Code, refusal.Message);
            }

            if (outcomes.Any(refusal => refusal?.RetryAfter is not null))
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>Why it was not started; null when it was, now or before.</returns>
    private async Task<Refusal?> StartAsync(Occurrence occurrence)
    {
        var start = state!.Definition.Start;
        var plan = start.Plan;
        PlanVersion? named = null;
        if (start.PlanName is { } name)
        {
            named = await GrainFactory.Plan(name).GetAsync(start.PlanVersion);
            plan = named?.Plan;
            if (plan is null)
            {
                return new Refusal("plan.not_found", $"The catalogue has no plan '{name}'{(start.PlanVersion is { } version ? $" of version {version}" : "")}.");
            }
        }

        var tags = (start.Tags ?? System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty)
            .SetItem("schedule", Name)
            .SetItem("window", occurrence.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));

        // The fingerprint is the window's: whatever became of the definition meanwhile, it is the same request.
        var reply = await GrainFactory.Workflow(new WorkflowId(occurrence.Workflow)).StartAsync(new StartWorkflow(
            plan!, start.Input.IsNull ? Payload.EmptyObject : start.Input, start.Priority, tags, Fingerprint: "schedule:" + occurrence.Workflow,
            PlanName: named?.Name, PlanVersion: named?.Version, CallbackUrl: start.CallbackUrl));
        return reply.Refusal;
    }

    private async Task KeepAsync(ScheduleState next)
    {
        await stored.KeepAsync(StoredSchedule.Of(next));

        (state, calendar) = (next, ReferenceEquals(next.Definition, state?.Definition) ? calendar : ScheduleCalendar.Of(next.Definition.Times));
    }

    /// <summary>Sees to it that somebody wakes the schedule when time moves it.</summary>
    /// <param name="soon">Something was decided that may have to be started: look at once.</param>
    private async Task ArmAsync(bool soon)
    {
        timer?.Dispose();
        timer = null;
        if (state is null)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var wake = ScheduleDecisions.WakeAt(state, calendar!, now, policy);
        if (wake is null && !soon)
        {
            return;
        }

        // What is owed and could not be started now is tried again after a while.
        var at = soon || wake is null ? now : wake <= now && !state.Owed.IsEmpty ? now + options.Value.StartRetry : wake.Value;
        if (at - now <= NearBy)
        {
            // Rounded up to the millisecond timers count in, or an early alarm would find nothing due.
            var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((at - now).TotalMilliseconds)));
            timer = this.RegisterGrainTimer(_ => WorkAsync(), new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        }

        await RemindAsync(at, now);
    }

    /// <summary>Has the reminder ready before anything is kept that needs it.</summary>
    private Task RemindSoonAsync() => RemindAsync(clock.GetUtcNow(), clock.GetUtcNow());

    // It ticks every minute from a moment on. One that ticks already is left alone while the next window is near; else it is put off to that window.
    private async Task RemindAsync(DateTimeOffset at, DateTimeOffset now)
    {
        var from = at < now + RemindEvery ? now + RemindEvery : at > now + RemindMax ? now + RemindMax : at;
        if (remindedFrom is { } set && (set == from || (set <= from && from - now <= NearBy)))
        {
            return;
        }

        await this.RegisterOrUpdateReminder(Reminder, from - now, RemindEvery);
        remindedFrom = from;
    }

    /// <summary>What time does not move needs no reminder.</summary>
    private async Task ForgetReminderAsync()
    {
        var moves = state is not null && ScheduleDecisions.WakeAt(state, calendar!, clock.GetUtcNow(), policy) is not null;
        if (!moves && await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
            remindedFrom = null;
        }
    }

    [LoggerMessage(EventId = 1581, EventName = "ScheduleNotWorked", Level = LogLevel.Warning, Message = "Schedule {Schedule} could not go on; it is tried again and no window is lost")]
    private partial void LogFailed(Exception exception, string schedule);

    [LoggerMessage(EventId = 1582, EventName = "WindowNotStarted", Level = LogLevel.Warning, Message = "A window of schedule {Schedule} did not start its workflow: {Code}, {Problem}")]
    private partial void LogNotStarted(string schedule, string code, string problem);
}
