using Orchestrator.Decisions.Workflows;
using Orchestrator.Grains.Activations;
using Orchestrator.Grains.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>What the workflow asks of the world, and when it wakes to ask again.</summary>
public sealed partial class WorkflowGrain
{
    private long observed;

    public void Begin(WorkflowEffect effect)
    {
        // Not awaited: the next message must not wait for a step's silo. Each of these catches its own failure and asks to be begun again.
        _ = effect switch
        {
            WorkflowEffect.StartAttempt start => BeginAsync(start),
            WorkflowEffect.CancelAttempt cancel => BeginAsync(cancel),
            _ => throw new ArgumentException($"An effect of the kind '{effect.GetType().Name}' is unknown here.", nameof(effect)),
        };
    }

    public void Changed(WorkflowState state)
    {
        Arm(state);
        Observe(state);
        TellWatchers();
        RestIfQuiet();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Alarm.Clear();
        return Task.CompletedTask;
    }

    private async Task BeginAsync(WorkflowEffect.StartAttempt start)
    {
        try
        {
            await GrainFactory.Step(Id, start.Step).StartAsync(new StepAssignment(
                Id, start.Step, start.Generation, start.Attempt, start.AgentId, start.Action, start.Input, start.Timeout,
                start.Priority, start.IdempotencyKey, State.Accepted!.TraceParent, start.AskFirst, start.Epoch, State.CreatedAt,
                State.Accepted.PlanName ?? State.Accepted.Plan.Id, State.Accepted.Tags, start.Limits));
        }
        catch (Exception exception)
        {
            LogEffectFailed(exception, Id, start.Step.Value, start.Attempt);
            Alarm.Set(clock.GetUtcNow() + options.Value.EffectRetry);
        }
    }

    private async Task BeginAsync(WorkflowEffect.CancelAttempt cancel)
    {
        try
        {
            await GrainFactory.Step(Id, cancel.Step).CancelAsync(cancel.Generation, cancel.Attempt);
        }
        catch (Exception exception)
        {
            // The attempt has been decided; an answer that comes all the same is kept as late.
            LogEffectFailed(exception, Id, cancel.Step.Value, cancel.Attempt);
        }
    }

    // What was just appended says whether the workflow began or ended with it, so each is told once.
    private void Observe(WorkflowState state)
    {
        if (loop!.LastAppended is not { IsEmpty: false } appended || appended[^1].Number != state.Version || appended[^1].Number == observed)
        {
            return;
        }

        observed = state.Version;
        if (appended[0].Number == 1)
        {
            WorkflowMetrics.Began();
        }

        foreach (var letter in DeadLetters.In(state, appended))
        {
            WorkflowMetrics.GaveUp(letter.Quarantined);
        }

        if (appended.Any(entry => entry.Event is WorkflowCompleted or WorkflowFailed or WorkflowTimedOut or WorkflowCancelled))
        {
            WorkflowMetrics.Ended(state.Status, state.FinishedAt!.Value - state.CreatedAt);
            WorkflowTracing.Ended(state);
            LogEnded(state);
        }
    }

    private void Arm(WorkflowState state)
    {
        if (state.IsFinal)
        {
            Alarm.Clear();
            return;
        }

        var now = clock.GetUtcNow();
        var check = state.CallsOut > 0 ? now + options.Value.OwedCheck : (DateTimeOffset?)null;
        if (Earlier(check, state.NextDue is { } due && due - now <= options.Value.RestAfter ? due : null) is { } at)
        {
            Alarm.Set(at);
        }
    }

    // While calls are out it is what makes sure of them soonest.
    private Alarm Alarm => field ??= new(this, clock, LookAsync);

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await DecideAsync(Inherit);
            await DecideAsync(WorkflowDecisions.Wake);
            await DecideAsync(WorkflowDecisions.Remind);
        }
        catch (Exception exception)
        {
            LogAlarmFailed(exception, Id);
            Alarm.Set(clock.GetUtcNow() + options.Value.EffectRetry);
        }
    }

    /// <summary>Gives the memory back when nothing here will move the workflow soon. Its row says when it is due, and the sweeper reads that.</summary>
    private void RestIfQuiet()
    {
        if (loop is null || watching > 0)
        {
            return;
        }

        var far = State.NextDue is not { } due || due - clock.GetUtcNow() > options.Value.RestAfter;
        if (State.IsFinal || !State.Exists || (State.CallsOut == 0 && far))
        {
            DeactivateOnIdle();
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other : other is null ? one : one < other ? one : other;
}
