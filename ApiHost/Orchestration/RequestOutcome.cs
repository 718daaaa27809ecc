using System.Collections.Immutable;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Tasks;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Orchestration;

/// <summary>Puts together what the agents of a request answered, from the workflow that asked them.</summary>
internal static class RequestOutcome
{
    public static RequestInput InputOf(WorkflowView view) => view.Input.As<RequestInput>(ApiJson.Responses)
        ?? throw new InvalidOperationException($"Workflow '{view.Id}' answers a request; its input is null, where the request was expected.");

    public static RequestOutcomeResponse Of(WorkflowView view, RequestInput input, double seconds)
    {
        var routing = input.Routing;
        var steps = routing.Agents.Select((agent, index) => (Agent: agent, Step: view.Steps.FirstOrDefault(step => step.Path.Value == RequestPlan.StepOf(index)))).ToList();
        ImmutableArray<AgentOutcome> called = [.. steps.Where(one => one.Step is { StartedAt: not null } step && step.Status.IsFinal()).Select(one => Of(one.Agent, one.Step!))];
        ImmutableArray<AgentOutcome> all = [.. called, .. routing.Refused.Select(refused => new AgentOutcome(refused.Agent, false, Error: refused.Error))];
        var success = routing.Execution == RequestPlan.Parallel
            ? all.Any(outcome => outcome.Success)
            : view.Status == WorkflowStatus.Completed && called.Any(outcome => outcome.Success);
        object? result = routing.Execution switch
        {
            RequestPlan.Parallel => Parallel(all),
            RequestPlan.Sequential => Chain(input.Request, all, steps),
            _ => success ? called[0].Result : null,
        };
        var (error, type) = success ? (null, null) : Error(view, all, routing);
        return new(success, result, error, type, seconds, [.. called.Select(outcome => outcome.Agent)], TaskIds.Write(view.Id), routing);
    }

    /// <summary>A request that nobody could be called for.</summary>
    public static RequestOutcomeResponse Refused(Refusal refusal, double seconds, RoutingRecord? routing)
    {
        var (error, type) = Error(refusal.Code, refusal.Message);
        return new(false, null, error, type, seconds, [], null, routing);
    }

    private static AgentOutcome Of(string agent, StepView step) => step.Status == StepStatus.Completed
        ? new(agent, true, step.Output ?? default)
        : new(agent, false, Error: step.Failure?.Message ?? $"The call was {SnakeCase.Of(step.Status)}.");

    private static ParallelResult Parallel(ImmutableArray<AgentOutcome> all)
    {
        var good = all.Where(outcome => outcome.Success).Select(outcome => new AgentResult(outcome.Agent, outcome.Result!.Value)).ToList();
        return new(
            good.Count switch { 0 => null, 1 => good[0].Result, _ => good },
            all.ToImmutableSortedDictionary(outcome => outcome.Agent, outcome => outcome, StringComparer.Ordinal),
            [.. all.Where(outcome => !outcome.Success).Select(outcome => outcome.Agent)],
            all.IsEmpty ? 0 : (double)good.Count / all.Length);
    }

    private static SequentialResult Chain(RequestContent request, ImmutableArray<AgentOutcome> all, List<(string Agent, StepView? Step)> steps) => new(
        new(
            request.Content, request.Context, request.History, request.UserContext,
            [.. steps.Where(one => one.Step?.Status == StepStatus.Completed).Select(one => new PreviousResult(one.Agent, one.Step!.Output ?? default, one.Step.FinishedAt))]),
        all);

    private static (string Error, string Type) Error(WorkflowView view, ImmutableArray<AgentOutcome> all, RoutingRecord routing)
    {
        if (view.Status == WorkflowStatus.TimedOut)
        {
            return Error(AgentFailures.Timeout, view.Failure?.Message ?? "The request did not end in time.");
        }

        var failed = view.Steps.FirstOrDefault(step => step.Failure is not null)?.Failure ?? view.Failure;
        return failed is not null ? Error(failed.Code, failed.Message)
            : routing.Refused is [var refused, ..] ? Error(refused.Code, refused.Error)
            : Error("", all.FirstOrDefault(outcome => !outcome.Success)?.Error ?? $"The request was {SnakeCase.Of(view.Status)}.");
    }

    private static (string Error, string Type) Error(string code, string message) => code switch
    {
        "agent.unavailable" => ("Circuit breaker is OPEN", "CircuitBreakerOpenError"),
        "agent.rate_limited" => (message, "RateLimitError"),
        AgentFailures.QueueFull => (message, "QueueFullError"),
        AgentFailures.Disabled or AgentFailures.NotFound => (message, "AgentUnavailableError"),
        "request.no_agent" => (message, "NoAgentError"),
        AgentFailures.Timeout => (message, "TimeoutError"),
        _ => (message, "AgentError"),
    };
}
