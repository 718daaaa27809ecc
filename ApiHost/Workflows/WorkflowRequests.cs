using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>Starts a workflow. Exactly one of <c>plan</c>, <c>planName</c> and <c>template</c> says what it does.</summary>
/// <param name="Plan">A plan as a JSON object, or as a text in YAML or JSON.</param>
/// <param name="PlanName">A plan of the catalogue.</param>
/// <param name="PlanVersion">Which version of it; the newest without one.</param>
/// <param name="Template">A plan that comes with the product.</param>
/// <param name="Input">What the plan's <c>${{ input.… }}</c> refers to; an empty object without one.</param>
/// <param name="Priority">1 to 5, 5 the most urgent, or <c>background</c>, <c>low</c>, <c>normal</c>, <c>high</c>, <c>critical</c>. 3 without one.</param>
/// <param name="CallbackUrl">An http or https address that is told when the workflow has ended.</param>
/// <param name="Tags">Up to 32 words to find the workflow by.</param>
/// <param name="Id">The workflow's id, chosen by you: letters, digits, '.', '_' and '-', at most 128. One id, one workflow.</param>
/// <param name="Signal">A message for the workflow of that <c>id</c>, which is started for it where there is none.</param>
internal sealed record StartWorkflowRequest(
    JsonElement? Plan = null,
    string? PlanName = null,
    int? PlanVersion = null,
    string? Template = null,
    Payload? Input = null,
    JsonElement? Priority = null,
    string? CallbackUrl = null,
    ImmutableSortedDictionary<string, string>? Tags = null,
    string? Id = null,
    StartSignal? Signal = null);

/// <param name="Name">1 to 128 letters, digits, '.', '_' and '-'.</param>
/// <param name="Content">Any JSON value; null without one.</param>
internal sealed record StartSignal(string Name, Payload? Content = null);

/// <summary>Why a command is given; kept in the workflow's history.</summary>
internal sealed record CommandRequest(string? Reason = null);

/// <param name="Steps">Paths of the steps to try again; without any, every one that rests before its next attempt. A finished workflow's retry takes all that did not complete.</param>
internal sealed record RetryRequest(ImmutableArray<string>? Steps = null, string? Reason = null, string? Id = null);

/// <param name="Input">Other input than the original's.</param>
/// <param name="Id">An id of your choice for the new workflow.</param>
internal sealed record RerunRequest(Payload? Input = null, string? Id = null);

/// <param name="FromStep">The step from which work is done again: it, and everything that depends on it.</param>
/// <param name="Input">Other input of the workflow than the original's.</param>
/// <param name="StepInput">Other input of that step than the plan gives it.</param>
/// <param name="Id">An id of your choice for the new workflow.</param>
internal sealed record ForkRequest(string FromStep, Payload? Input = null, Payload? StepInput = null, string? Id = null);

/// <param name="Decision"><c>approve</c> or <c>reject</c>.</param>
/// <param name="By">Who decides, where no credentials say it; kept in the history as what you claim.</param>
internal sealed record ApprovalRequest(string Decision, string? Reason = null, string? By = null);

/// <summary>A step that waits for a person.</summary>
/// <param name="Step">Its path.</param>
/// <param name="Until">When the wait ends by itself, and the step fails.</param>
internal sealed record ApprovalResponse(string Step, string Prompt, ImmutableArray<string> Approvers, DateTimeOffset Since, DateTimeOffset? Until, string Decide);
