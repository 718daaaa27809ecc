using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Grains;

namespace Orchestrator.SiloHosting.Schedules;

/// <summary>Puts the schedules that the configuration declares, and pauses those that it declared before and does no longer; tried until it is done.</summary>
internal sealed partial class DeclaredSchedulesService(
    IGrainFactory grains, IOptions<DeclaredSchedulesOptions> options, TimeProvider clock, ILogger<DeclaredSchedulesService> logger) : BackgroundService
{
    private const int NamesAtATime = 1_000;
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await TryAsync(stoppingToken))
            {
                await Task.Delay(TryAgainAfter, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next start does it again.
        }
    }

    private async Task<bool> TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var (name, declaration) in options.Value.Declared)
            {
                if ((await grains.Schedule(name).PutAsync(declaration.ToSchedule(name), cancellationToken: stoppingToken)).Refusal is { } refusal)
                {
                    LogRefused(name, refusal.Message);
                }
            }

            await PauseOthersAsync(stoppingToken);
            return true;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(failure);
            return false;
        }
    }

    private async Task PauseOthersAsync(CancellationToken stoppingToken)
    {
        string? after = null;
        while (await grains.ScheduleDirectory().ListAsync(after, NamesAtATime, stoppingToken) is { IsEmpty: false } names)
        {
            foreach (var name in names.Where(name => !options.Value.Declared.ContainsKey(name)))
            {
                if (await grains.Schedule(name).GetAsync(next: 0, stoppingToken) is { Definition.Declared: true, Paused: false })
                {
                    await grains.Schedule(name).PauseAsync("The configuration declares it no longer.", stoppingToken);
                }
            }

            after = names[^1];
        }
    }

    [LoggerMessage(EventId = 1591, EventName = "DeclaredScheduleRefused", Level = LogLevel.Warning, Message = "The declared schedule {Schedule} cannot be kept: {Problem}")]
    private partial void LogRefused(string schedule, string problem);

    [LoggerMessage(EventId = 1592, EventName = "DeclaredSchedulesNotKept", Level = LogLevel.Warning, Message = "Declared schedules could not be kept; it is tried again")]
    private partial void LogFailed(Exception exception);
}
