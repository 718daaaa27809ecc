using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Decisions.Sessions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>What became of a plan, in the words of S3-07.</summary>
/// <param name="Duration">Milliseconds from its start to its end, or to now.</param>
/// <param name="Results">Each step that has ended, by its path.</param>
/// <param name="Errors">Why steps failed, by path, and the plan itself under its id; left out when nothing did.</param>
internal sealed record PlanResult(
    string PlanId,
    bool Success,
    long Duration,
    ImmutableSortedDictionary<string, StepResult> Results,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableSortedDictionary<string, string>? Errors)
{
    public static PlanResult Of(WorkflowView view, DateTimeOffset now)
    {
        var ended = view.Steps.Where(step => step.Status.IsFinal() && step.Status != StepStatus.Skipped).ToList();
        var errors = ended.Where(step => step.Failure is not null).ToDictionary(step => step.Path.Value, step => step.Failure!.Message, StringComparer.Ordinal);
        if (view.Failure is { } failure)
        {
            errors.TryAdd(view.Plan.Id, failure.Message);
        }

        return new(
            view.Plan.Id,
            view.Status == WorkflowStatus.Completed,
            (long)((view.FinishedAt ?? now) - view.CreatedAt).TotalMilliseconds,
            ended.ToImmutableSortedDictionary(
                step => step.Path.Value,
                step => new StepResult(step.Status == StepStatus.Completed, step.Output is { } output ? SessionDecisions.Shown(output) : null),
                StringComparer.Ordinal),
            errors.Count == 0 ? null : errors.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }
}

/// <param name="Data">What the step answered; what it asked its session to remember is left out.</param>
internal sealed record StepResult(bool Success, Payload? Data);
