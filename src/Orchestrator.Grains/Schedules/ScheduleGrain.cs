using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Schedules;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.Grains.Schedules;

/// <summary>Keeps a schedule and starts its workflows. Which windows start one is decided by <see cref="ScheduleDecisions"/>.</summary>
/// <remarks>
/// What is decided is kept before anything is started, and that it was started is kept afterwards. A crash between the two has the start asked for again, under the same workflow id, which
/// the workflow answers as the first time. A reminder stands for as long as time may move the schedule; the timer in memory makes it punctual.
/// </remarks>
public sealed partial class ScheduleGrain(
    [PersistentState("schedule")] IPersistentState<StoredSchedule> stored,
    IWorkflowIndex index,
    TimeProvider clock,
    IOptions<ScheduleGrainOptions> options,
    ILogger<ScheduleGrain> logger) : Grain, IScheduleGrain, IRemindable
{
    /// <summary>Windows to come that one answer shows.</summary>
    private const int NextMax = 100;

    private readonly SchedulePolicy policy = options.Value.ToPolicy();
    private ScheduleState? state;
    private ScheduleCalendar? calendar;

    private string Name => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        state = stored.State.Read();
        calendar = state is null ? null : ScheduleCalendar.Of(state.Definition.Times);
        await ArmAsync(soon: false);
    }

    public async Task<ScheduleReply> PutAsync(Schedule schedule, string? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        if (ScheduleRules.Check(schedule) is { } invalid)
        {
            return new ScheduleReply(Version, invalid);
        }

        if (state is { } present && Same(present.Definition, schedule))
        {
            return new ScheduleReply(Version);
        }

        if (RecordVersion.Stale("schedule", Name, Version, expectedVersion) is { } stale)
        {
            return new ScheduleReply(Version, stale);
        }

        if (await GrainFactory.ScheduleDirectory().NoteAsync(Name, cancellationToken) is { } refusal)
        {
            return new ScheduleReply(Version, refusal);
        }

        await DecideWindowsAsync();
        await RemindSoonAsync();
        await KeepAsync(state is null ? new ScheduleState(schedule, clock.GetUtcNow()) : ScheduleDecisions.Replace(state, schedule, clock.GetUtcNow()));
        await ArmAsync(soon: true);
        return new ScheduleReply(Version);
    }

    public Task<ScheduleView?> GetAsync(int next, CancellationToken cancellationToken = default)
    {
        if (state is null)
        {
            return Task.FromResult<ScheduleView?>(null);
        }

        var now = clock.GetUtcNow();
        var after = state.Cursor > now ? state.Cursor : now;
        return Task.FromResult<ScheduleView?>(new ScheduleView(
            state.Definition,
            Version!,
            state.Paused,
            state.Note,
            state.Counts,
            state.Paused || state.IsExhausted ? [] : calendar!.Next(after, Math.Clamp(next, 0, NextMax)),
            [.. state.Running.Select(one => one.Workflow)],
            [.. state.Buffer.Select(one => one.At)],
            state.Recent,
            state.CreatedAt,
            state.UpdatedAt));
    }

    public async Task<ScheduleReply> RemoveAsync(string? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        if (state is not null)
        {
            if (RecordVersion.Stale("schedule", Name, Version, expectedVersion) is { } stale)
            {
                return new ScheduleReply(Version, stale);
            }

            await stored.ClearStateAsync(CancellationToken.None);
            stored.State = new StoredSchedule();
            (state, calendar) = (null, null);
        }

        await GrainFactory.ScheduleDirectory().ForgetAsync(Name, cancellationToken);
        await ArmAsync(soon: false);
        return new ScheduleReply(Version: null);
    }

    public Task<ScheduleReply> PauseAsync(string? note, CancellationToken cancellationToken = default) =>
        ChangeAsync(present => ScheduleDecisions.Pause(present, note, clock.GetUtcNow()));

    public Task<ScheduleReply> ResumeAsync(string? note, CancellationToken cancellationToken = default) =>
        ChangeAsync(present => ScheduleDecisions.Resume(present, note, clock.GetUtcNow()));

    public async Task<ScheduleReply> TriggerAsync(string id, OverlapPolicy? overlap = null, CancellationToken cancellationToken = default)
    {
        var workflow = ScheduleDecisions.TriggerIdOf(Name, id);
        var there = await ExistsAsync(workflow, cancellationToken);
        var reply = await ChangeAsync(present => there ? present : ScheduleDecisions.Trigger(present, id, overlap, clock.GetUtcNow(), policy));
        return reply with { Workflow = reply.Refusal is null ? workflow : null };
    }

    public async Task<ScheduleReply> BackfillAsync(DateTimeOffset from, DateTimeOffset to, OverlapPolicy? overlap = null, CancellationToken cancellationToken = default)
    {
        if (state is null)
        {
            return new ScheduleReply(null, Unknown());
        }

        await DecideWindowsAsync();
        var asked = calendar!.Next(from.AddTicks(-1), policy.BackfillMax + 1).Where(window => window <= to).ToArray();
        if (asked.Length > policy.BackfillMax)
        {
            return new ScheduleReply(Version, new Refusal(
                "schedule.too_many_windows", string.Create(CultureInfo.InvariantCulture, $"There are more than {policy.BackfillMax} windows between the two; ask for them in parts.")));
        }

        // A window to come is not one of the past, and one that is there is not started again.
        var windows = new List<DateTimeOffset>();
        foreach (var window in asked.Where(window => window <= state.Cursor || (state.IsExhausted && window <= clock.GetUtcNow())))
        {
            if (!await ExistsAsync(ScheduleDecisions.WorkflowIdOf(Name, window), cancellationToken))
            {
                windows.Add(window);
            }
        }

        var before = state.Counts.Due;
        var reply = await ChangeAsync(present => ScheduleDecisions.Backfill(present, windows, overlap, policy));
        return reply with { Windows = (int)(state.Counts.Due - before) };
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await WorkAsync();
        await ForgetReminderAsync();
    }

    private string? Version => state?.Revision.ToString("'r'0", CultureInfo.InvariantCulture);

    private async Task<ScheduleReply> ChangeAsync(Func<ScheduleState, ScheduleState> change)
    {
        if (state is null)
        {
            return new ScheduleReply(null, Unknown());
        }

        await DecideWindowsAsync();
        await RemindSoonAsync();
        await KeepAsync(change(state));
        await ArmAsync(soon: true);
        return new ScheduleReply(Version);
    }

    private async Task<bool> ExistsAsync(string workflow, CancellationToken cancellationToken) => await index.FindAsync(new(workflow), cancellationToken) is not null;

    private Refusal Unknown() => new("schedule.not_found", $"There is no schedule '{Name}'.");

    private static bool Same(Schedule one, Schedule other) =>
        StoredSchedule.Of(new ScheduleState(one, default)).State == StoredSchedule.Of(new ScheduleState(other, default)).State;
}
