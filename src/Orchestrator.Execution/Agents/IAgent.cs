using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Execution.Agents;

/// <summary>A .NET class that does an agent's work in this process.</summary>
/// <remarks>
/// It may be called more than once for the same step, always with the same <see cref="AgentRequest.IdempotencyKey"/>, and by several
/// steps at the same time. Cancellation means that nobody waits for the answer any more. An exception counts as a retryable failure;
/// to end the step at once, answer <see cref="AgentAnswer.Failed"/> with a failure that is not retryable.
/// </remarks>
public interface IAgent
{
    /// <summary>Makes the agent ready. Called before its first call in this process, which waits for it; when it fails that call fails, and the next one tries again.</summary>
    ValueTask InitializeAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken);
}

/// <summary>One call of an agent.</summary>
/// <param name="Agent">The name by which the plan asked.</param>
/// <param name="Action">What the agent is to do.</param>
/// <param name="Attempt">From 1. An attempt that our own crash interrupted is repeated under the same number.</param>
/// <param name="IdempotencyKey">The same for every attempt at the same step.</param>
/// <param name="Deadline">When we stop waiting.</param>
/// <param name="TraceParent">The W3C trace context to continue; null when nobody traces.</param>
/// <param name="AskFirst">A crash of ours has hidden what became of this call, and the plan says <c>reconcile</c>: an agent that knows the outcome under the key gives that instead of doing the work again.</param>
/// <param name="Completion">What an agent needs in order to take the call on now and answer it later; null where only the call itself can be answered.</param>
/// <param name="Depth">0 when a step asks; one more for each agent that asks on its behalf.</param>
public sealed record AgentRequest(
    string Agent,
    string Action,
    Payload Input,
    string WorkflowId,
    string StepId,
    int Attempt,
    string IdempotencyKey,
    DateTimeOffset? Deadline,
    string? TraceParent = null,
    bool AskFirst = false,
    int Depth = 0,
    CompletionOffer? Completion = null);

/// <summary>How an agent that has taken a call on answers it later.</summary>
/// <param name="Token">Good for this attempt, once; the same when the call is repeated after a crash of ours.</param>
/// <param name="Url">Where to send the completion, and with <c>/heartbeat</c> behind it a heartbeat; without host where this server does not know by which name agents reach it.</param>
public sealed record CompletionOffer(string Token, string Url);

/// <summary>What an agent answered: an output, why there is none, or that it will say later.</summary>
public abstract record AgentAnswer
{
    private AgentAnswer()
    {
    }

    /// <summary>What answering took of language models; null when nothing.</summary>
    public CallUsage? Usage { get; init; }

    public static AgentAnswer Ok(Payload output) => new Completed(output);

    public static AgentAnswer Fail(string code, string message, bool retryable = false) => new Failed(new StepFailure(code, message, retryable));

    /// <summary>The agent has taken the call on and answers later, by the token of <see cref="AgentRequest.Completion"/>. Only a call that brought one can be answered so.</summary>
    public static AgentAnswer Later { get; } = new Deferred();

    public sealed record Completed(Payload Output) : AgentAnswer;

    public sealed record Failed(StepFailure Failure) : AgentAnswer;

    public sealed record Deferred : AgentAnswer;
}
