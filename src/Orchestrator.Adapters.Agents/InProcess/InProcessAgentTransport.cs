using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.InProcess;

/// <summary>Calls .NET agents of this process. The instance's endpoint is the agent's name.</summary>
public sealed partial class InProcessAgentTransport(
    InProcessAgents agents, IAgentExecutor executor, IOptions<AgentCallOptions> options, ILogger<InProcessAgentTransport> logger) : IAgentTransport
{
    public AgentKind Kind => AgentKind.Builtin;

    public async ValueTask<AgentAnswer> CallAsync(
        AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken)
    {
        if (agents.Find(instance.Endpoint) is not { } found)
        {
            return AgentAnswer.Fail(AgentFailures.NotFound, $"This process has no .NET agent '{instance.Endpoint}', which agent '{agent.Name}' is declared to be.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var work = executor.RunAsync(() => found.HandleAsync(request, cancellationToken));
        try
        {
            // An agent that does not watch its token is left to itself when the time is over.
            var answer = await work.WaitAsync(cancellationToken);
            return Bounded(agent, request, answer);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LeaveToItself(work, agent.Name);
            throw;
        }
        catch (Exception exception)
        {
            LogThrew(exception, agent.Name, request.WorkflowId, request.StepId);
            return AgentAnswer.Fail(AgentFailures.Error, $"Agent '{agent.Name}' failed with {exception.GetType().Name}: {exception.Message}", retryable: true);
        }
    }

    private AgentAnswer Bounded(AgentRegistration agent, AgentRequest request, AgentAnswer answer) => answer switch
    {
        AgentAnswer.Completed done when done.Output.Length > options.Value.AnswerBytesMax => new AgentAnswer.Failed(
            new StepFailure(AgentFailures.AnswerTooLarge, TooLarge(agent.Name, options.Value.AnswerBytesMax, done.Output.Length), Retryable: false)),
        AgentAnswer.Deferred when request.Completion is null => AgentAnswer.Fail(
            AgentFailures.BadAnswer, $"Agent '{agent.Name}' wants to answer later, and this call brought it no token for that."),
        null => AgentAnswer.Fail(AgentFailures.BadAnswer, $"Agent '{agent.Name}' answered with null, where an output or a failure was expected."),
        _ => answer,
    };

    internal static string TooLarge(string agent, int allowed, long? found) =>
        $"Agent '{agent}' answered with {(found is null ? "more" : $"{found} bytes")}, and {allowed} bytes may be taken.";

    // Its outcome changes nothing any more; its failure is still looked at, so that it does not surface as one that nobody saw.
    private void LeaveToItself(Task<AgentAnswer> work, string agent) => work.ContinueWith(
        (late, _) => LogThrewLate(late.Exception!.GetBaseException(), agent),
        null,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    [LoggerMessage(EventId = 1401, EventName = "AgentThrew", Level = LogLevel.Warning, Message = "Agent {Agent} threw in step {StepId} of workflow {WorkflowId}")]
    private partial void LogThrew(Exception exception, string agent, string workflowId, string stepId);

    [LoggerMessage(EventId = 1402, EventName = "AgentThrewLate", Level = LogLevel.Information, Message = "Agent {Agent} threw after its call had been given up")]
    private partial void LogThrewLate(Exception exception, string agent);
}
