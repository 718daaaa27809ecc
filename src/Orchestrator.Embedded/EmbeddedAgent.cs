using System.Text.Json;
using Orchestrator.Client;
using Orchestrator.Client.Plans;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Embedded;

/// <summary>What a piece of this program does when a step asks for it.</summary>
/// <param name="call">Which call it is. The same step may ask again after a crash, always with the same key.</param>
/// <param name="cancellationToken">Nobody waits for the answer any more.</param>
/// <exception cref="AgentFailedException">Why there is no answer. Any other exception counts as a failure that another attempt may mend.</exception>
public delegate Task<TOutput> AgentWork<TInput, TOutput>(TInput input, AgentCall call, CancellationToken cancellationToken);

/// <summary>One call of an agent.</summary>
/// <param name="Services">Those of the program; a scope of its own for each call.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="IdempotencyKey">The same for every attempt at the same step: what was done under it need not be done again.</param>
/// <param name="Deadline">When the orchestrator stops waiting.</param>
public sealed record AgentCall(IServiceProvider Services, string WorkflowId, string StepId, int Attempt, string IdempotencyKey, DateTimeOffset? Deadline);

/// <summary>An agent says why there is no answer.</summary>
/// <param name="retryable">Another attempt may do better.</param>
public sealed class AgentFailedException(string code, string message, bool retryable = false) : Exception(message)
{
    public string Code { get; } = code;

    public bool Retryable { get; } = retryable;
}

/// <summary>An agent that is a piece of this program.</summary>
public sealed class EmbeddedAgent
{
    private readonly Dictionary<string, Func<AgentRequest, IServiceProvider, CancellationToken, Task<Payload>>> actions = new(StringComparer.Ordinal);

    internal EmbeddedAgent(string name, int? concurrency) => (Name, Concurrency) = (name, concurrency);

    public string Name { get; }

    internal int? Concurrency { get; }

    internal IEnumerable<string> Actions => actions.Keys;

    /// <summary>Adds something that it can do, under the types that plans know it by.</summary>
    /// <exception cref="ArgumentException">The action is another agent's, or is there already.</exception>
    public EmbeddedAgent Does<TInput, TOutput>(AgentAction<TInput, TOutput> action, AgentWork<TInput, TOutput> work)
    {
        if (action.Agent is { } other && other != Name)
        {
            throw new ArgumentException($"The action '{action.Action}' is that of agent '{other}'; this is '{Name}'.", nameof(action));
        }

        if (!actions.TryAdd(action.Action, DoAsync))
        {
            throw new ArgumentException($"Agent '{Name}' has the action '{action.Action}' already.", nameof(action));
        }

        return this;

        async Task<Payload> DoAsync(AgentRequest request, IServiceProvider services, CancellationToken cancellationToken)
        {
            TInput input;
            try
            {
                input = JsonSerializer.Deserialize<TInput>(request.Input.Utf8.Span, ClientJson.Options)!;
            }
            catch (JsonException wrong)
            {
                throw new AgentFailedException("agent.input", $"Action '{action.Action}' of agent '{Name}' takes a {typeof(TInput).Name}. {wrong.Message}");
            }

            var call = new AgentCall(services, request.WorkflowId, request.StepId, request.Attempt, request.IdempotencyKey, request.Deadline);
            return Payload.From(await work(input, call, cancellationToken), ClientJson.Options);
        }
    }

    internal Func<AgentRequest, IServiceProvider, CancellationToken, Task<Payload>>? Find(string action) => actions.GetValueOrDefault(action);
}
