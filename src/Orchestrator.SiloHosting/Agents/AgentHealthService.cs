using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Grains;

namespace Orchestrator.SiloHosting.Agents;

/// <summary>Has agents look after their instances, for as long as the host runs. Every silo asks, so that the death of one costs a moment; who asks too early changes nothing.</summary>
internal sealed partial class AgentHealthService(IGrainFactory grains, TimeProvider clock, ILogger<AgentHealthService> logger) : BackgroundService
{
    /// <summary>Short beside the usual 30 s between two checks, and the shortest that a check may ask for.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Agents asked at the same time, each of which waits for its slowest instance.</summary>
    private const int AtOnce = 64;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LookEvery, clock, stoppingToken);
                await CheckAllAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; another silo asks, or the next start.
        }
    }

    private async Task CheckAllAsync(CancellationToken stoppingToken)
    {
        try
        {
            var agents = await grains.AgentDirectory().ListAsync(stoppingToken);
            await Parallel.ForEachAsync(
                agents.Where(agent => agent is { Health: not null, Disabled: null }),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
                async (agent, cancelled) => await TryAsync(agent.Name, () => grains.Agent(agent.Name).CheckHealthAsync(cancelled), stoppingToken));
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotChecked(failure, "all agents");
        }
    }

    // One agent that cannot be asked must not keep the others from being asked.
    private async Task TryAsync(string agent, Func<Task> check, CancellationToken stoppingToken)
    {
        try
        {
            await check();
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotChecked(failure, agent);
        }
    }

    [LoggerMessage(EventId = 1541, EventName = "AgentHealthNotChecked", Level = LogLevel.Warning, Message = "The health of {Agent} could not be asked for; it is asked for again")]
    private partial void LogNotChecked(Exception exception, string agent);
}
