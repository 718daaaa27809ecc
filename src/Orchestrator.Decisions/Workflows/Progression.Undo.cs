using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>Undoing what completed steps of a failed plan did: one at a time, the latest first (the saga of Garcia-Molina and Salem, 1987).</summary>
internal sealed partial class Progression
{
    // What completed inside a sub-plan is undone by the plan around it, which goes on here; the sub-plan itself has ended long ago.
    private ScopeState? UndoingAround(StepPath path) =>
        State.Scopes.Values.FirstOrDefault(scope => scope.UndoingAfter is not null && scope.Holds(path));

    private void UndoNext(StepPath scopePath)
    {
        var scope = State.Scope(scopePath);
        if (State.Paused || scope.UndoingAfter is not { } failure)
        {
            return;
        }

        var latest = State.Steps.Values
            .Where(step => step is { Status: StepStatus.Completed, Undoes: null, FanOut: null, Definition.Compensate: not null } && scope.Holds(step.Path))
            .Where(step => !State.Steps.TryGetValue(step.Path.Child(StepPath.Compensation), out var undoing) || !undoing.IsFinal)
            .MaxBy(step => step.CompletedNumber);
        if (latest is null)
        {
            HandOver(scope, StepStatus.Failed, failure);
            return;
        }

        var path = latest.Path.Child(StepPath.Compensation);
        if (!State.Steps.ContainsKey(path))
        {
            Happened(new StepStarted(path, Attempt: 1, context.Epoch));
            var undoing = State.Step(path);
            var input = Assignments.InputOf(State, undoing);
            if (input.Problem is { } problem)
            {
                Happened(new StepFailed(path, new StepFailure(FailureCodes.BadExpression, problem, Retryable: false)));
                AfterFinal(path);
                return;
            }

            effects.Add(Assignments.Of(State, undoing, input.Value, context.Policy));
        }
    }
}
