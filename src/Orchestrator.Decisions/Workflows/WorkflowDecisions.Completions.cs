using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What agents say about attempts that they answer later.</summary>
public static partial class WorkflowDecisions
{
    /// <summary>Records that an agent has taken an attempt on. From here on nobody of ours holds a call for it.</summary>
    /// <param name="until">The deadline the agent was told.</param>
    public static Decision<WorkflowEvent, WorkflowEffect> DeferAttempt(
        WorkflowState state, StepPath path, int generation, int attempt, string agent, DateTimeOffset until, DecisionContext context)
    {
        // A fast agent's completion may come before the report of its 202. Then the attempt is decided, and this is an echo.
        if (!state.Steps.TryGetValue(path, out var step) || !step.Owes(generation, attempt))
        {
            return Nothing;
        }

        var progression = new Progression(state, context);
        progression.Happened(new AttemptDeferred(path, attempt, agent, until));
        return progression.Conclude();
    }

    /// <summary>Takes an agent's completion of an attempt. The same again changes nothing; another one is refused, and so is one that comes too late.</summary>
    /// <remarks>An output that comes too late is kept beside the refusal, as every late answer is.</remarks>
    public static Decision<WorkflowEvent, WorkflowEffect> TakeCompletion(
        WorkflowState state, StepPath path, int generation, int attempt, Completion completion, DecisionContext context)
    {
        if (!state.Steps.TryGetValue(path, out var step))
        {
            return Gone(path, attempt);
        }

        foreach (var taken in step.Completions)
        {
            if (taken.Generation == generation && taken.Attempt == attempt)
            {
                return taken.Fingerprint == completion.Fingerprint ? Nothing : Differs(path, attempt);
            }
        }

        if (step is { Status: StepStatus.Completed or StepStatus.Compensated } && step.Generation == generation && step.Attempt == attempt)
        {
            // The call itself had brought the output, before the agent said it once more.
            return completion.Failure is null && completion.Output == step.Output ? Nothing : Differs(path, attempt);
        }

        var progression = new Progression(state, context);
        if (step.Awaits(generation, attempt) && !TimedOut(progression, step))
        {
            if (step.CallOut)
            {
                progression.Ask(new WorkflowEffect.CancelAttempt(path, generation, attempt));
            }

            if (completion.Failure is { } failure)
            {
                progression.FailAttempt(path, failure, completion.Usage, completion.Fingerprint);
            }
            else
            {
                progression.Happened(new StepCompleted(path, attempt, completion.Output, Usage: completion.Usage, Completion: completion.Fingerprint));
                progression.AfterFinal(path);
            }

            return progression.Conclude();
        }

        if (completion.Failure is null && Began(step, generation, attempt) && !step.Late.Contains((generation, attempt)))
        {
            progression.Happened(new LateAnswerKept(path, attempt, completion.Output, generation));
        }

        return progression.Conclude() with { Refusal = Gone(path, attempt).Refusal };
    }

    /// <summary>Takes an agent's word that it is still at an attempt: its deadline moves to one timeout from now.</summary>
    /// <remarks>Words that follow each other faster than <see cref="WorkflowPolicy.HeartbeatRest"/> add nothing to the history, and lose at most that much of the deadline.</remarks>
    public static Decision<WorkflowEvent, WorkflowEffect> TakeHeartbeat(
        WorkflowState state, StepPath path, int generation, int attempt, Heartbeat heartbeat, DecisionContext context)
    {
        if (!state.Steps.TryGetValue(path, out var step) || !step.Awaits(generation, attempt))
        {
            return Gone(path, attempt);
        }

        if (step.Deferral is not { } deferral)
        {
            // Its 202 is on its way to us; the deadline is the call's until then.
            return Nothing;
        }

        var progression = new Progression(state, context);
        if (TimedOut(progression, step))
        {
            return progression.Conclude() with { Refusal = Gone(path, attempt).Refusal };
        }

        var timeout = step.Definition.Timeout ?? context.Policy.StepTimeout;
        var rest = context.Policy.HeartbeatRest < timeout / 10 ? context.Policy.HeartbeatRest : timeout / 10;
        if (deferral.HeardAt is { } heard && context.Now < heard + rest)
        {
            return Nothing;
        }

        var until = context.Now + timeout;
        progression.Happened(new HeartbeatReceived(path, attempt, until > deferral.Until ? until : deferral.Until, heartbeat.Progress, heartbeat.Note));
        return progression.Conclude();
    }

    // The deadline is the deadline, whoever looks first: the clock that would have woken the workflow, or the agent that is late.
    private static bool TimedOut(Progression progression, StepState step)
    {
        if (step.Deferral is not { } deferral || deferral.Until > progression.Now)
        {
            return false;
        }

        progression.Fall(new DueMoment(deferral.Until, step.Path, OfScope: false));
        return true;
    }

    private static Decision<WorkflowEvent, WorkflowEffect> Gone(StepPath path, int attempt) => Refused(
        RefusalCodes.CompletionGone, $"Nobody waits for attempt {attempt} of step '{path}' any more: it was decided, its deadline is over, or its workflow has ended.");

    private static Decision<WorkflowEvent, WorkflowEffect> Differs(StepPath path, int attempt) => Refused(
        RefusalCodes.CompletionDiffers, $"Attempt {attempt} of step '{path}' was completed before, with something else.");
}
