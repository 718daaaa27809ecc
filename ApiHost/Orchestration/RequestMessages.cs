using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.ApiHost.Orchestration;

/// <summary>What a workflow that answers a request in words begins with: the request, and how it was routed.</summary>
internal sealed record RequestInput(RequestContent Request, RoutingRecord Routing);

/// <summary>The request as its agents get it (S4-31).</summary>
internal sealed record RequestContent(
    string Content, Payload Context, ImmutableArray<Payload> History, [property: JsonPropertyName("user_context")] Payload UserContext);

/// <summary>The decision that sent a request to its agents, kept with the workflow.</summary>
/// <param name="Execution"><c>sequential</c> or <c>parallel</c>; null for one agent whose answer is the result.</param>
/// <param name="Agents">Those that are called, in order: the n-th in step <c>agent_n</c>.</param>
/// <param name="Refused">Those that were chosen and could not be called.</param>
/// <param name="ModelRemembered">Whether a model's judgement was remembered from the same question; null where no model had a say.</param>
internal sealed record RoutingRecord(
    RoutingMethod Method,
    double Confidence,
    string Reasoning,
    [property: JsonPropertyName("model_unheard")] string? ModelUnheard,
    string? Execution,
    ImmutableArray<string> Agents,
    ImmutableArray<RefusedAgent> Refused,
    [property: JsonPropertyName("routing_time_ms")] double RoutingTimeMs,
    [property: JsonPropertyName("model_remembered")] bool? ModelRemembered = null);

internal sealed record RefusedAgent(string Agent, string Error, string Code);

/// <summary>A request that was answered, or why it was not (S4-32, S4-33); either with HTTP 200.</summary>
/// <param name="Result">One agent's answer; of several, what <c>execution</c> makes of them.</param>
/// <param name="ErrorType"><c>NoAgentError</c>, <c>CircuitBreakerOpenError</c>, <c>RateLimitError</c>, <c>QueueFullError</c>, <c>AgentUnavailableError</c>, <c>TimeoutError</c> or <c>AgentError</c>.</param>
/// <param name="ExecutionTime">Seconds.</param>
/// <param name="RequestId">The workflow that did it; null when nobody was called.</param>
internal sealed record RequestOutcomeResponse(
    bool Success,
    object? Result,
    string? Error,
    [property: JsonPropertyName("error_type")] string? ErrorType,
    [property: JsonPropertyName("execution_time")] double ExecutionTime,
    [property: JsonPropertyName("agents_used")] ImmutableArray<string> AgentsUsed,
    [property: JsonPropertyName("request_id")] string? RequestId,
    RoutingRecord? Routing);

/// <summary>A request that is on its way.</summary>
internal sealed record RequestAcceptedResponse([property: JsonPropertyName("request_id")] string RequestId, string Status, ImmutableArray<string> Agents);

/// <summary>What became of each agent of a chain (S4-27).</summary>
/// <param name="FinalResult">The request with the results that were handed on.</param>
internal sealed record SequentialResult(
    [property: JsonPropertyName("final_result")] ChainedRequest FinalResult, [property: JsonPropertyName("execution_chain")] ImmutableArray<AgentOutcome> ExecutionChain);

internal sealed record ChainedRequest(
    string Content,
    Payload Context,
    ImmutableArray<Payload> History,
    [property: JsonPropertyName("user_context")] Payload UserContext,
    [property: JsonPropertyName("previous_results")] ImmutableArray<PreviousResult> PreviousResults);

/// <summary>What an agent of a chain hands on to those after it (S4-26).</summary>
internal sealed record PreviousResult(string Agent, Payload Result, DateTimeOffset? Timestamp);

/// <summary>What became of agents that worked side by side (S4-30).</summary>
/// <param name="AggregatedResult">The answer, where one agent gave one; the answers in the order of the agents, where several did; null where none did.</param>
/// <param name="SuccessRate">Successes over all; 0 when there were none.</param>
internal sealed record ParallelResult(
    [property: JsonPropertyName("aggregated_result")] object? AggregatedResult,
    [property: JsonPropertyName("individual_results")] ImmutableSortedDictionary<string, AgentOutcome> IndividualResults,
    [property: JsonPropertyName("failed_agents")] ImmutableArray<string> FailedAgents,
    [property: JsonPropertyName("success_rate")] double SuccessRate);

internal sealed record AgentResult(string Agent, Payload Result);

internal sealed record AgentOutcome(
    string Agent,
    bool Success,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Payload? Result = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);

/// <summary>What one request took (S4-37).</summary>
/// <param name="ExecutionTimeMs">Null before it has ended.</param>
/// <param name="Success">Null before it has ended.</param>
/// <param name="UserSatisfaction">0 to 1; null until somebody says.</param>
/// <param name="CacheHitRate">1 where a model's judgement was remembered from the same question, 0 where it was asked; null where none had a say.</param>
public sealed record RequestMetricsResponse(
    [property: JsonPropertyName("request_id")] string RequestId,
    DateTimeOffset Timestamp,
    [property: JsonPropertyName("routing_time_ms")] double RoutingTimeMs,
    [property: JsonPropertyName("execution_time_ms")] double? ExecutionTimeMs,
    [property: JsonPropertyName("agents_used")] ImmutableArray<string> AgentsUsed,
    bool? Success,
    [property: JsonPropertyName("user_satisfaction")] double? UserSatisfaction,
    [property: JsonPropertyName("cache_hit_rate")] double? CacheHitRate);
