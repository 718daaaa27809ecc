using System.Collections.Immutable;
using System.Text;
using Orchestrator.ApiHost.Contract;
using Orchestrator.Grains;
using Orchestrator.Grains.Agents;
using Orchestrator.Hosting.Telemetry;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Observing;

/// <summary>How the engine stands at one moment, asked of the store and the agents that drive it, not of a second book.</summary>
internal sealed record EngineState(ImmutableSortedDictionary<WorkflowStatus, long> Workflows, ImmutableArray<AgentView> Agents, TimeSpan Overdue)
{
    /// <summary>Agents looked at; what is beyond shows in the list of agents only.</summary>
    public const int AgentsMax = 200;

    public long Total => Workflows.Values.Sum();

    public long Completed => Workflows.GetValueOrDefault(WorkflowStatus.Completed);

    public long Failed => Workflows.GetValueOrDefault(WorkflowStatus.Failed) + Workflows.GetValueOrDefault(WorkflowStatus.TimedOut) + Workflows.GetValueOrDefault(WorkflowStatus.Cancelled);

    /// <summary>Agents that are to be called: those that still want to be set up are nobody's trouble.</summary>
    public IEnumerable<AgentView> InService => Agents.Where(agent => agent.Registration.Disabled is null);

    public int HealthyAgents => InService.Count(IsHealthy);

    /// <summary>One word for all agents (S4-41): <c>degraded</c> when more than half cannot be called, <c>warning</c> when any cannot, else <c>healthy</c>.</summary>
    public string Word => InService.Count() - HealthyAgents is var ill && ill == 0 ? "healthy" : ill * 2 > InService.Count() ? "degraded" : "warning";

    /// <summary>Calls that wait for room, by priority 1 to 5.</summary>
    public ImmutableArray<int> QueuedByPriority => [.. Enumerable.Range(1, 5).Select(priority => Agents.Sum(agent => Queued(agent, priority)))];

    public static bool IsHealthy(AgentView agent) =>
        agent.Instances.IsDefaultOrEmpty || agent.Instances.Any(instance => instance is { Healthy: true, Breaker: not BreakerStatus.Open });

    public static BreakerStatus BreakerOf(AgentView agent) => State(agent) switch
    {
        2 => BreakerStatus.Open,
        1 => BreakerStatus.HalfOpen,
        _ => BreakerStatus.Closed,
    };

    public long Unfinished => Workflows.Where(pair => !pair.Key.IsFinal()).Sum(pair => pair.Value);

    public static async Task<EngineState> ReadAsync(IGrainFactory grains, CancellationToken cancellationToken)
    {
        var counts = await grains.WorkflowIndex().CountAsync(cancellationToken);
        var overdue = await grains.WorkflowIndex().OverdueAsync(cancellationToken);
        var names = (await grains.AgentDirectory().ListAsync(cancellationToken)).Select(agent => agent.Name).Order(StringComparer.Ordinal).Take(AgentsMax);
        var agents = await Task.WhenAll(names.Select(name => grains.Agent(name).GetAsync(cancellationToken)));
        return new(counts, [.. agents.OfType<AgentView>()], overdue);
    }

    public void Write(StringBuilder text)
    {
        Gauge("orc_workflows", "Workflows kept, by state.", Enum.GetValues<WorkflowStatus>().Where(state => state != WorkflowStatus.None)
            .Select(state => (Exposition.Labels(("state", SnakeCase.Of(state))), (double)Workflows.GetValueOrDefault(state))));
        Gauge("orchestrator_active_tasks", "Workflows that have not ended.", [("", Unfinished)]);
        Gauge("orchestrator_queue_size", "Calls that wait for room at an agent, by priority, 5 the most urgent.", QueuedByPriority
            .Select((queued, index) => (Exposition.Labels(("priority", (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))), (double)queued)));
        Gauge("orc_queue_age_seconds", "How long the oldest has waited: a workflow whose time has come (due), a call that wants room at an agent (agent).",
        [
            (Exposition.Labels(("queue", "agent")), Agents.Select(agent => agent.OldestWait.TotalSeconds).DefaultIfEmpty().Max()),
            (Exposition.Labels(("queue", "due")), Overdue.TotalSeconds),
        ]);
        Gauge("orc_agent_calls_out", "Calls under way, by agent.", Agents.Select(agent => (Of(agent), (double)agent.CallsOut)));
        Gauge("orchestrator_agent_health", "1 when the agent has an instance that takes calls, else 0.", InService.Select(agent => (Of(agent), IsHealthy(agent) ? 1d : 0d)));
        Gauge("orchestrator_circuit_breaker_state", "0 closed, 1 half-open, 2 open: the best of the agent's instances.", Agents.Select(agent => (Of(agent), (double)State(agent))));

        void Gauge(string name, string help, IEnumerable<(string Labels, double Value)> samples)
        {
            Exposition.Header(text, name, "gauge", help);
            foreach (var (labels, value) in samples)
            {
                Exposition.Sample(text, name, labels, value);
            }
        }
    }

    private static string Of(AgentView agent) => Exposition.Labels(("agent", agent.Registration.Name));

    private static int Queued(AgentView agent, int priority) => agent.Queued is { IsDefault: false } queued && queued.Length >= priority ? queued[priority - 1] : 0;

    /// <summary>The code S2 gives a breaker's state (S2-30).</summary>
    private static int State(AgentView agent) => agent.Instances.IsDefaultOrEmpty ? 0 : agent.Instances.Min(instance => instance.Breaker switch
    {
        BreakerStatus.Open => 2,
        BreakerStatus.HalfOpen => 1,
        _ => 0,
    });
}
