using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Workflows;

/// <summary>One plan at work inside a workflow: the root plan, a sub-plan, a fallback, or what runs instead of a step.</summary>
/// <param name="FailureBefore">For a fallback: what went wrong before it.</param>
public sealed record ScopeState(StepPath Path, PlanGraph Graph, Payload Input, StepFailure? FailureBefore)
{
    /// <summary>Steps of the plan that are not final, fan-outs counted once.</summary>
    public int Unsettled { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The failure because of which completed steps are being undone.</summary>
    public StepFailure? UndoingAfter { get; init; }

    /// <summary><see cref="StepStatus.None"/> while it is open.</summary>
    public StepStatus Outcome { get; init; }

    /// <summary>Why it ended, when it did not complete.</summary>
    public StepFailure? Failure { get; init; }

    public bool IsOpen => Outcome == StepStatus.None;

    /// <summary>Whether the path lies in this scope or in one inside it.</summary>
    public bool Holds(StepPath path) =>
        Path.IsRoot || (path.Value.Length > Path.Value.Length && path.Value[Path.Value.Length] == '/' && path.Value.StartsWith(Path.Value, StringComparison.Ordinal));

    /// <summary>The scope whose fallbacks led here: this one, when it is no fallback.</summary>
    public StepPath Origin
    {
        get
        {
            var path = Path.Value;
            while (path.EndsWith("/" + StepPath.Fallback, StringComparison.Ordinal))
            {
                path = path[..^(StepPath.Fallback.Length + 1)];
            }

            return path == StepPath.Fallback ? StepPath.Root : new StepPath(path);
        }
    }
}
