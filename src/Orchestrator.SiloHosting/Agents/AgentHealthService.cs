using Microsoft.Extensions.Logging;
using Orchestrator.Grains;
using Orchestrator.SiloHosting.Services;

namespace Orchestrator.SiloHosting.Agents;

/// <summary>Has agents look after their instances. An agent that is asked too early changes nothing.</summary>
internal sealed class AgentHealthService(IGrainFactory grains, TimeProvider clock, ILogger<AgentHealthService> logger) : PeriodicService(clock, logger)
{
    /// <summary>Agents asked at the same time, each of which waits for its slowest instance.</summary>
    private const int AtOnce = 64;

    /// <summary>Short beside the usual 30 s between two checks, and the shortest that a check may ask for.</summary>
    protected override TimeSpan Every => TimeSpan.FromSeconds(5);

    protected override string What => "asking for the health of agents";

    protected override async Task TurnAsync(CancellationToken stoppingToken)
    {
        var agents = await grains.AgentDirectory().ListAsync(stoppingToken);
        await Parallel.ForEachAsync(
            agents.Where(agent => agent is { Health: not null, Disabled: null }),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
            async (agent, cancelled) => await TryAsync("asking for the health of agent " + agent.Name, grains.Agent(agent.Name).CheckHealthAsync, cancelled));
    }
}
