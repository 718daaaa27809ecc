using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What follows when a moment has come, or when a process has gone.</summary>
internal sealed partial class Progression
{
    /// <summary>A moment that the state kept has come.</summary>
    public void Fall(DueMoment due)
    {
        if (due.OfScope)
        {
            TimeOutScope(State.Scope(due.Path));
            return;
        }

        var step = State.Step(due.Path);
        switch (step)
        {
            case { Status: StepStatus.Retrying }:
                if (!State.Paused)
                {
                    StartAttempt(step.Path, step.Attempt + 1, step.Generation);
                }

                break;
            case { CallOut: true }:
                effects.Add(new WorkflowEffect.CancelAttempt(step.Path, step.Generation, step.Attempt));
                FailAttempt(step.Path, new StepFailure(FailureCodes.StepTimedOut, $"Attempt {step.Attempt} of step '{step.Path}' timed out.", Retryable: true));
                break;
            case { Deferral: { } deferral }:
                FailAttempt(step.Path, new StepFailure(
                    FailureCodes.StepTimedOut,
                    $"Agent '{deferral.Agent}' took attempt {step.Attempt} of step '{step.Path}' on and was not heard of in time.",
                    Retryable: true));
                break;
            case { Wait.Kind: WaitKind.Timer }:
                Happened(new StepCompleted(step.Path, step.Attempt, Payload.Null));
                AfterFinal(step.Path);
                break;
            case { Wait.Kind: WaitKind.Approval }:
                FallApproval(step);
                break;
            case { Wait.Kind: WaitKind.Signal }:
                GiveUp(step.Path, new StepFailure(FailureCodes.StepTimedOut, $"Step '{step.Path}' timed out waiting for signal '{step.Wait.On}'.", Retryable: false));
                break;
            default:
                throw new InvalidOperationException($"Step '{step.Path}' is due while it is {step.Status} and waits for nothing that time can end.");
        }
    }

    /// <summary>The end of a process of ours interrupted the attempt. That is not the agent's failure: no attempt is used up.</summary>
    /// <param name="crashed">The process died, perhaps of this very attempt. One that left in good order says nothing against the step.</param>
    public void RepeatInterrupted(StepState step, bool crashed)
    {
        var crashes = step.Crashes + (crashed ? 1 : 0);
        if (crashed && crashes >= context.Policy.CrashesMax)
        {
            var failure = new StepFailure(
                FailureCodes.Quarantined, $"Attempt {step.Attempt} of step '{step.Path}' was interrupted by {crashes} crashes in a row.", Retryable: false);
            GiveUp(step.Path, failure, quarantined: true);
            return;
        }

        if (step.Definition.OnUnknown == OnUnknown.Fail)
        {
            Happened(new AttemptFailed(step.Path, step.Attempt, UnknownOutcome(step)));
            GiveUp(step.Path, UnknownOutcome(step));
            return;
        }

        Happened(new StepRepeated(step.Path, step.Attempt, context.Epoch, crashes));
        Remind(State.Step(step.Path));
    }

    /// <summary>The attempt that the step owes is asked for once more.</summary>
    public void Remind(StepState step) => effects.Add(Assignments.Of(State, step, Assignments.InputOf(State, step).Value, context.Policy));

    private static StepFailure UnknownOutcome(StepState step) => new(
        FailureCodes.OutcomeUnknown, $"The end of our process interrupted attempt {step.Attempt} of step '{step.Path}', and its plan asks not to repeat it.", Retryable: false);
}
