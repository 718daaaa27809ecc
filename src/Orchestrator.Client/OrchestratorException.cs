namespace Orchestrator.Client;

/// <summary>The orchestrator refused a call, or could not be reached.</summary>
/// <param name="code">Such as <c>plan.invalid</c>: stable, for programs. <see cref="Unreachable"/> where nobody answered.</param>
/// <param name="message">For people: names the thing, what was expected, what was found.</param>
/// <param name="retryable">The same call may succeed later.</param>
/// <param name="errors">The single problems, where there are several.</param>
public sealed class OrchestratorException(string code, string message, bool retryable = false, IReadOnlyList<string>? errors = null, Exception? cause = null)
    : Exception(errors is { Count: > 0 } ? message + Environment.NewLine + string.Join(Environment.NewLine, errors) : message, cause)
{
    /// <summary>Nobody answered, as often as was tried.</summary>
    public const string Unreachable = "client.unreachable";

    public string Code { get; } = code;

    public bool Retryable { get; } = retryable;

    public IReadOnlyList<string> Errors { get; } = errors ?? [];
}

/// <summary>A workflow whose result was awaited ended without one.</summary>
public sealed class WorkflowFailedException(Workflows.WorkflowSnapshot workflow)
    : Exception($"Workflow '{workflow.Id}' is {workflow.State}{(workflow.Error is { } error ? $": {error.Message} ({error.Code})" : ".")}")
{
    public Workflows.WorkflowSnapshot Workflow { get; } = workflow;
}
