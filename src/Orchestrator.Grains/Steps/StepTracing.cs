using System.Diagnostics;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Steps;

/// <summary>One span for each attempt, named as the GenAI conventions of OpenTelemetry name calls of agents (<c>invoke_agent</c>, in development as of 2026).</summary>
internal static class StepTracing
{
    public const string SourceName = "Orchestrator.Agents";

    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? Begin(StepAssignment assignment, AgentRegistration agent, AgentInstance instance)
    {
        var parented = ActivityContext.TryParse(assignment.TraceParent, null, isRemote: true, out var parent);
        var span = Source.StartActivity("invoke_agent " + agent.Name, ActivityKind.Client, parented ? parent : default);
        return span?
            .SetTag("gen_ai.operation.name", "invoke_agent")
            .SetTag("gen_ai.agent.name", agent.Name)
            .SetTag("gen_ai.provider.name", agent.Kind.ToString().ToLowerInvariant())
            .SetTag("server.address", Uri.TryCreate(instance.Endpoint, UriKind.Absolute, out var endpoint) ? endpoint.Host : instance.Endpoint)
            .SetTag("orchestrator.workflow.id", assignment.Workflow.Value)
            .SetTag("orchestrator.step.id", assignment.Step.Value)
            .SetTag("orchestrator.step.attempt", assignment.Attempt);
    }

    public static void End(Activity? span, StepFailure? failure, CallUsage? usage)
    {
        if (usage is not null)
        {
            span?.SetTag("gen_ai.usage.input_tokens", usage.TokensIn).SetTag("gen_ai.usage.output_tokens", usage.TokensOut).SetTag("gen_ai.response.model", usage.Model);
        }

        if (failure is not null)
        {
            // The code only: the message is the agent's text, and content is not traced unless somebody asks for it.
            span?.SetTag("error.type", failure.Code).SetStatus(ActivityStatusCode.Error);
        }

        span?.Dispose();
    }
}
