using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.SiloHosting.Schedules;

/// <summary>Puts the schedules that the configuration declares, and pauses those that it declared before and does no longer; tried until it is done, and again when the configuration changes.</summary>
internal sealed partial class DeclaredSchedulesService(
    IGrainFactory grains, IOptionsMonitor<DeclaredSchedulesOptions> options, TimeProvider clock, ILogger<DeclaredSchedulesService> logger) : BackgroundService
{
    private const int NamesAtATime = 1_000;
    private const string NoLonger = "The configuration declares it no longer.";
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Changes that come while an earlier one is put are one.
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var following = options.OnChange(_ => changes.Writer.TryWrite(true));
        try
        {
            do
            {
                while (!await TryAsync(options.CurrentValue.Declared, stoppingToken))
                {
                    await Task.Delay(TryAgainAfter, clock, stoppingToken);
                }
            }
            while (await changes.Reader.ReadAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next start does it again.
        }
    }

    private async Task<bool> TryAsync(Dictionary<string, ScheduleDeclaration> declared, CancellationToken stoppingToken)
    {
        try
        {
            foreach (var (name, declaration) in declared)
            {
                await PutAsync(name, declaration.ToSchedule(name), stoppingToken);
            }

            await PauseOthersAsync(declared, stoppingToken);
            return true;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(failure);
            return false;
        }
    }

    private async Task PutAsync(string name, Schedule schedule, CancellationToken stoppingToken)
    {
        if ((await grains.Schedule(name).PutAsync(schedule, cancellationToken: stoppingToken)).Refusal is { } refusal)
        {
            LogRefused(name, refusal.Message);
        }
        else if (await grains.Schedule(name).GetAsync(next: 0, stoppingToken) is { Paused: true, Note: NoLonger })
        {
            await grains.Schedule(name).ResumeAsync(note: null, stoppingToken);
        }
    }

    private async Task PauseOthersAsync(Dictionary<string, ScheduleDeclaration> declared, CancellationToken stoppingToken)
    {
        string? after = null;
        while (await grains.ScheduleDirectory().ListAsync(after, NamesAtATime, stoppingToken) is { IsEmpty: false } names)
        {
            foreach (var name in names.Where(name => !declared.ContainsKey(name)))
            {
                if (await grains.Schedule(name).GetAsync(next: 0, stoppingToken) is { Definition.Declared: true, Paused: false })
                {
                    await grains.Schedule(name).PauseAsync(NoLonger, stoppingToken);
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
