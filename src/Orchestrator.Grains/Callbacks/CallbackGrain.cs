using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Callbacks;
using Orchestrator.Execution.Callbacks;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Callbacks;

/// <summary>Keeps what is owed, tries, and keeps how that went. What follows from a try is decided by <see cref="CallbackDecisions"/>.</summary>
/// <remarks>
/// A reminder stands for as long as a callback is owed, so it is told whatever crashes; a timer in memory only makes tries punctual. A crash between a
/// try and its record has it told again, under the same id.
/// </remarks>
public sealed partial class CallbackGrain(
    [PersistentState("callback")] IPersistentState<StoredCallback> stored,
    ICallbackSender sender,
    TimeProvider clock,
    IOptions<CallbackGrainOptions> options,
    ILogger<CallbackGrain> logger) : Grain, ICallbackGrain, IRemindable
{
    private const string Reminder = "owed";

    /// <summary>The shortest period that Orleans allows a reminder.</summary>
    private static readonly TimeSpan RemindEvery = TimeSpan.FromMinutes(1);

    /// <summary>For a workflow to hear of its own commit, its activation elsewhere included.</summary>
    private static readonly TimeSpan CommitPatience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private IGrainTimer? timer;

    private WorkflowId Workflow => new(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Arm();
        return Task.CompletedTask;
    }

    public async Task OweAsync(long number, CancellationToken cancellationToken = default)
    {
        // Asked of the workflow and not believed: anybody may publish to the topic that this came by. The topic shows what is committed, and the
        // workflow learns of its commit a moment later; an event it has not heard of may be its end.
        if (stored.State.State == CallbackState.None
            && await GrainFactory.Workflow(Workflow).GetAsync(cancellationToken) is { CallbackUrl: not null } workflow
            && workflow.Status.IsFinal() == (number <= workflow.Version))
        {
            await BeginAsync(number);
        }
    }

    public async Task<CallbackView?> GetAsync(CancellationToken cancellationToken = default)
    {
        var state = stored.State;
        if (state.State == CallbackState.None)
        {
            return null;
        }

        var url = (await GrainFactory.Workflow(Workflow).GetAsync(cancellationToken))?.CallbackUrl;
        return new CallbackView(
            Workflow.Value, url is null ? null : new Uri(url).GetLeftPart(UriPartial.Path), state.State, state.Tries, state.LastStatus, state.LastProblem, state.LastTriedAt, state.NextAt);
    }

    public async Task<CallbackView?> RedeliverAsync(CancellationToken cancellationToken = default)
    {
        if (stored.State.State != CallbackState.None)
        {
            await BeginAsync(stored.State.Number);
        }

        return await GetAsync(cancellationToken);
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await TryIfDueAsync();
        await ForgetReminderAsync();
    }

    private async Task BeginAsync(long number)
    {
        // The reminder first: one that finds nothing owed takes itself back, and what is owed without one would wait for a visitor.
        await this.RegisterOrUpdateReminder(Reminder, RemindEvery, RemindEvery);
        var now = clock.GetUtcNow();
        await stored.KeepAsync(new StoredCallback { State = CallbackState.Owed, Number = number, NextAt = now, OwedAt = now });
        Arm();
    }

    // A reminder that activates the grain and the timer that the activation sets may find the same try due.
    private Task TryIfDueAsync() => stored.State is { State: CallbackState.Owed, NextAt: { } due } && due <= clock.GetUtcNow() ? TryAsync() : Task.CompletedTask;

    private async Task TryAsync()
    {
        var workflow = await GrainFactory.Workflow(Workflow).GetAsync();
        if (workflow is not null && !workflow.Status.IsFinal())
        {
            await WaitForEndAsync();
            return;
        }

        var outcome = await SendAsync(workflow);
        var state = stored.State;
        var (verdict, pause) = CallbackDecisions.Judge(options.Value.ToPolicy(), state.Tries + 1, outcome);
        var now = clock.GetUtcNow();
        await stored.KeepAsync(new StoredCallback
        {
            State = verdict switch { CallbackVerdict.Delivered => CallbackState.Delivered, CallbackVerdict.GiveUp => CallbackState.GivenUp, _ => CallbackState.Owed },
            Number = state.Number,
            Tries = state.Tries + 1,
            LastStatus = outcome.Status,
            LastProblem = outcome.Problem,
            LastTriedAt = now,
            OwedAt = state.OwedAt,
            NextAt = verdict == CallbackVerdict.TryAgain ? now + pause : null,
        });
        switch (verdict)
        {
            case CallbackVerdict.TryAgain:
                LogTriesAgain(Workflow, outcome.Problem, stored.State.Tries, pause);
                Arm();
                break;
            case CallbackVerdict.GiveUp:
                LogGivenUp(Workflow, outcome.Problem, stored.State.Tries);
                await ForgetReminderAsync();
                break;
            default:
                await ForgetReminderAsync();
                break;
        }
    }

    /// <summary>What was taken for its end may be; what is not after a while was somebody else's word.</summary>
    private async Task WaitForEndAsync()
    {
        var (now, state) = (clock.GetUtcNow(), stored.State);
        if (now - state.OwedAt < CommitPatience)
        {
            await stored.KeepAsync(new StoredCallback { State = CallbackState.Owed, Number = state.Number, NextAt = now + AskAgainAfter, OwedAt = state.OwedAt });
            Arm();
            return;
        }

        await stored.KeepAsync(new StoredCallback());
        await ForgetReminderAsync();
    }

    private async Task<CallbackOutcome> SendAsync(WorkflowView? workflow)
    {
        if (workflow is not { CallbackUrl: { } url })
        {
            const int Gone = 410;
            return new CallbackOutcome(Gone, "The workflow is no longer kept, so there is nothing to tell.");
        }

        var body = CallbackBody.Write(workflow, stored.State.Number, options.Value.OutputBytesMax);
        return await sender.SendAsync(new CallbackMessage(url, $"{Workflow.Value}:{stored.State.Number}", body, workflow.TraceParent), CancellationToken.None);
    }

    /// <summary>What is no longer owed needs none.</summary>
    private async Task ForgetReminderAsync()
    {
        if (stored.State.State != CallbackState.Owed && await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private void Arm()
    {
        if (stored.State is not { State: CallbackState.Owed, NextAt: { } due })
        {
            return;
        }

        // Rounded up to the millisecond timers count in, or an early alarm would find nothing due.
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((due - clock.GetUtcNow()).TotalMilliseconds)));
        timer?.Dispose();
        timer = this.RegisterGrainTimer(_ => TryIfDueAsync(), new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan));
    }

    [LoggerMessage(EventId = 1551, EventName = "CallbackTriedAgain", Level = LogLevel.Information,
        Message = "The callback of workflow {Workflow} failed ({Problem}), try {Tries}; it is tried again in {Pause}")]
    private partial void LogTriesAgain(WorkflowId workflow, string? problem, int tries, TimeSpan pause);

    [LoggerMessage(EventId = 1552, EventName = "CallbackGivenUp", Level = LogLevel.Warning,
        Message = "The callback of workflow {Workflow} is given up after {Tries} tries: {Problem}")]
    private partial void LogGivenUp(WorkflowId workflow, string? problem, int tries);
}
