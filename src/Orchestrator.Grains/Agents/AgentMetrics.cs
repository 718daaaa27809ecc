using System.Diagnostics.Metrics;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>What agents cost and give, for those who watch. Labels are agent names and outcomes, which are few.</summary>
internal static class AgentMetrics
{
    private static readonly Meter Meter = new("Orchestrator.Agents");

    private static readonly Histogram<double> Calls =
        Meter.CreateHistogram<double>("orc_agent_call_duration_seconds", "s", "Calls of agents, by agent and outcome.");

    private static readonly Counter<long> Refusals =
        Meter.CreateCounter<long>("orc_agent_refused_total", description: "Calls refused room, by agent and code.");

    private static readonly Counter<long> Waits =
        Meter.CreateCounter<long>("orc_agent_waits_total", description: "Calls that had to wait for room, by agent and by what they waited for.");

    public static void Called(string agent, CallOutcome outcome, TimeSpan elapsed) =>
        Calls.Record(elapsed.TotalSeconds, new("agent", agent), new("outcome", outcome switch
        {
            CallOutcome.Answered => "answered",
            CallOutcome.Broken => "broken",
            _ => "abandoned",
        }));

    public static void Refused(string agent, string code) => Refusals.Add(1, new("agent", agent), new("code", code));

    public static void Waited(string agent, string kind) => Waits.Add(1, new("agent", agent), new("kind", kind));
}
