using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Completions;

/// <summary>Hears agents that answer later, and believes no token that it cannot check. The key is always <see cref="Key"/>.</summary>
/// <remarks>Both calls are safe to send again. When the task completes without a refusal, what was said is durable.</remarks>
[Alias("completion-grain")]
public interface ICompletionGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Decides an attempt. The same completion again is answered as the first time; see the codes <c>completion.…</c> for what is refused.</summary>
    [Alias("complete")]
    Task<CompletionReply> CompleteAsync(string token, Completion completion, CancellationToken cancellationToken = default);

    /// <summary>Moves the attempt's deadline to one timeout from now, and keeps what the agent says of its progress.</summary>
    [Alias("heartbeat")]
    Task<CompletionReply> HeartbeatAsync(string token, Heartbeat heartbeat, CancellationToken cancellationToken = default);
}

/// <summary>An attempt of a workflow, by the name under which its agent knows it.</summary>
/// <param name="WorkflowCreatedAt">Tells the workflow from a later one of the same id.</param>
[GenerateSerializer, Immutable, Alias("attempt-name")]
public sealed record AttemptName(
    [property: Id(0)] DateTimeOffset WorkflowCreatedAt, [property: Id(1)] StepPath Step, [property: Id(2)] int Generation, [property: Id(3)] int Attempt);

/// <summary>What became of the word of an agent.</summary>
/// <param name="Workflow">Null where the token was not believed.</param>
/// <param name="Deadline">Until when the agent is waited for; null where the attempt is decided, or its deadline is not written down yet.</param>
[GenerateSerializer, Immutable, Alias("completion-reply")]
public sealed record CompletionReply(
    [property: Id(0)] WorkflowId? Workflow,
    [property: Id(1)] StepPath Step,
    [property: Id(2)] int Attempt,
    [property: Id(3)] DateTimeOffset? Deadline = null,
    [property: Id(4)] Refusal? Refusal = null);
