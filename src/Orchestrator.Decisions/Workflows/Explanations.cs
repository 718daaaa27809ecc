using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>Says in a sentence what a workflow waits for and what one can do. Reads the facts that drive the workflow, never a second computation.</summary>
public static class Explanations
{
    /// <summary>Waits told one by one; the rest is counted.</summary>
    public const int WaitsMax = 100;

    public static Explanation? Of(WorkflowState state, DateTimeOffset now)
    {
        if (!state.Exists)
        {
            return null;
        }

        var waits = WaitsOf(state, now);
        return new Explanation(state.Id, state.Status, SentenceOf(state, waits), waits, ActionsOn(state));
    }

    private static string SentenceOf(WorkflowState state, ImmutableArray<ExplainedWait> waits)
    {
        var done = string.Create(CultureInfo.InvariantCulture, $"{state.StepsFinal} of {state.StepsKnown} steps done");
        return state.Status switch
        {
            WorkflowStatus.Completed => $"It completed: {done}.",
            WorkflowStatus.Failed => $"It failed: {state.Failure!.Message}",
            WorkflowStatus.TimedOut => $"It timed out: {state.Failure!.Message}",
            WorkflowStatus.Cancelled => "It was cancelled.",
            WorkflowStatus.Paused => $"A person paused it; calls still out: {state.CallsOut}. Nothing new starts until it is resumed.",
            WorkflowStatus.Compensating => "It has failed and undoes what its completed steps did, the latest first.",
            WorkflowStatus.Queued => "It was accepted and has not begun.",
            _ when waits.IsEmpty => $"It is running: {done}, {state.CallsOut} calls out.",
            _ => waits.Length switch
            {
                1 => waits[0].Sentence,
                2 => $"{waits[0].Sentence} One more step waits.",
                var count => $"{waits[0].Sentence} {count - 1} more steps wait.",
            },
        };
    }

    private static ImmutableArray<ExplainedWait> WaitsOf(WorkflowState state, DateTimeOffset now)
    {
        var found = ImmutableArray.CreateBuilder<ExplainedWait>();
        foreach (var (path, wait) in state.Waits.OrderBy(wait => Rank(wait.Value.Kind)).Take(WaitsMax))
        {
            found.Add(new ExplainedWait(new StepPath(path), wait, SentenceOf(state, path, wait, now)));
        }

        if (!state.IsFinal)
        {
            foreach (var step in WorkflowViews.InPlanOrder(state).Where(step => step is { Status: StepStatus.Pending, Missing: > 0 }))
            {
                if (found.Count >= WaitsMax)
                {
                    break;
                }

                found.Add(WaitForDependencies(state, step));
            }
        }

        return found.ToImmutable();
    }

    private static ExplainedWait WaitForDependencies(WorkflowState state, StepState step)
    {
        var scope = state.Scope(step.Scope);
        var all = scope.Graph.DependencyIdsOf(step.Definition.Id);
        var missing = string.Join(", ", all.Where(id => !state.Step(scope.Path.Child(id)).IsFinal).Select(id => $"'{id}'"));
        var sentence = string.Create(CultureInfo.InvariantCulture, $"Step '{step.Path}' waits for {missing}: {all.Length - step.Missing} of {all.Length} inputs ready.");
        return new ExplainedWait(step.Path, new Wait(WaitKind.Dependency, missing, state.UpdatedAt), sentence);
    }

    private static string SentenceOf(WorkflowState state, string path, Wait wait, DateTimeOffset now)
    {
        var until = wait.Until is { } time ? string.Create(CultureInfo.InvariantCulture, $" until {time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} ({Rough(time - now)} from now)") : "";
        var step = state.Step(new StepPath(path));
        return wait.Kind switch
        {
            WaitKind.Timer => $"Step '{path}' sleeps{until}.",
            WaitKind.Retry => RestOf(step, until),
            WaitKind.Capacity => QueueOf(path, wait),
            WaitKind.Limit when wait.On.IndexOf('/') is >= 0 and var slash => LimitOf(path, wait, wait.On[..slash], wait.On[(slash + 1)..], until),
            WaitKind.Limit => $"Step '{path}' waits for the rate limit of '{wait.On}'{until}.",
            WaitKind.Breaker => $"Step '{path}' waits for the breaker of '{wait.On}'{until}.",
            WaitKind.Budget => $"Step '{path}' waits for the budget '{wait.On}'{until}.",
            WaitKind.Approval => $"Step '{path}' needs {ApprovalOf(step)}{until}: {wait.On}",
            WaitKind.Signal => $"Step '{path}' waits for the signal '{wait.On}'{until}.",
            WaitKind.Completion => LaterOf(step, wait, until),
            _ => $"Step '{path}' waits for {wait.On}{until}.",
        };
    }

    private static string LaterOf(StepState step, Wait wait, string until)
    {
        var progress = step.Deferral?.Progress is { } done ? string.Create(CultureInfo.InvariantCulture, $", {done * 100:0} % done") : "";
        var note = step.Deferral?.Note is { } said ? $": {said}" : "";
        return $"Agent '{wait.On}' has taken step '{step.Path}' on and answers later; it is waited for{until}{progress}{note}.";
    }

    private static string RestOf(StepState step, string until) => string.Create(
        CultureInfo.InvariantCulture,
        $"Step '{step.Path}' rests{until} before attempt {step.Attempt + 1} of {step.Definition.Retry?.MaxAttempts ?? 1}; attempt {step.Attempt} failed: {step.Failure?.Message}");

    private static string ApprovalOf(StepState step)
    {
        var quorum = ApprovalRules.QuorumOf(step.Definition.Approval!);
        return quorum == 1
            ? "a person's approval"
            : string.Create(CultureInfo.InvariantCulture, $"the approval of {quorum} persons, has that of {step.Approval!.Votes.Count(vote => vote.Approved)}");
    }

    private static string QueueOf(string path, Wait wait)
    {
        var place = wait.Position is { } position ? string.Create(CultureInfo.InvariantCulture, $"at place {position} ") : "";
        return $"Step '{path}' stands {place}in the queue of agent '{wait.On}', which has no room.";
    }

    private static string LimitOf(string path, Wait wait, string limit, string key, string until)
    {
        var place = wait.Position is { } position ? string.Create(CultureInfo.InvariantCulture, $"at place {position} ") : "";
        return $"Step '{path}' stands {place}in the queue of limit '{limit}' with the key '{key}'{until}.";
    }

    // What a person can end stands first, what time ends next, what others must end last.
    private static int Rank(WaitKind kind) => kind switch
    {
        WaitKind.Approval => 0,
        WaitKind.Signal => 1,
        WaitKind.Breaker or WaitKind.Limit or WaitKind.Budget or WaitKind.Capacity => 2,
        _ => 3,
    };

    private static string Rough(TimeSpan span) => span switch
    {
        { Ticks: <= 0 } => "0 s",
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalSeconds)} s"),
        { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalMinutes)} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalHours)} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalDays)} days"),
    };

    private static ImmutableArray<string> ActionsOn(WorkflowState state) => state switch
    {
        { Status: WorkflowStatus.Completed } => ["rerun", "fork"],
        { IsFinal: true } => ["retry", "rerun", "fork"],
        { Paused: true } => ["resume", "cancel", "fork"],
        _ =>
        [
            .. state.Waits.Values.Any(wait => wait.Kind == WaitKind.Approval) ? (string[])["approve", "reject"] : [],
            .. state.Waits.Values.Any(wait => wait.Kind == WaitKind.Signal) ? (string[])["signal"] : [],
            .. state.Waits.Values.Any(wait => wait.Kind == WaitKind.Retry) ? (string[])["retry"] : [],
            "pause", "cancel", "fork",
        ],
    };
}
