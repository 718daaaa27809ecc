using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Execution.Agents;

namespace Orchestrator.Embedded;

/// <summary>Answers the engine with what the program's own code does.</summary>
internal sealed class AgentOfThisProgram(EmbeddedAgent agent, IServiceProvider program) : IAgent
{
    public async ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        if (agent.Find(request.Action) is not { } work)
        {
            return AgentAnswer.Fail("agent.action", $"Agent '{agent.Name}' has no action '{request.Action}'; it has {string.Join(", ", agent.Actions)}.");
        }

        await using var scope = program.CreateAsyncScope();
        try
        {
            return AgentAnswer.Ok(await work(request, scope.ServiceProvider, cancellationToken));
        }
        catch (AgentFailedException failed)
        {
            return AgentAnswer.Fail(failed.Code, failed.Message, failed.Retryable);
        }
    }
}
