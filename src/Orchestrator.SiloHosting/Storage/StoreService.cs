using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Stores;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>Opens the store before anything that needs it starts, and closes it after everything that needed it has stopped.</summary>
/// <remarks>
/// A store that cannot be used ends the start and not the first request. One that is away is waited for: until it is there no grain runs, no door is open
/// and nothing is accepted.
/// </remarks>
internal sealed partial class StoreService(
    IStore store, IWorkflowJournal journal, IOptions<DataOptions> options, TimeProvider clock, Random random, ILogger<StoreService> logger) : IHostedService
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(250);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Asked for, so that an experiment that is not allowed ends the start too.
        _ = journal;
        var began = clock.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                await store.OpenAsync(cancellationToken);
                if (tries > 1)
                {
                    LogOpened(clock.GetElapsedTime(began).TotalSeconds);
                }

                return;
            }
            catch (StorageUnavailableException away)
            {
                var pause = Pause(tries);
                LogWaiting(away.Message, pause.TotalSeconds);
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await store.DisposeAsync();

    // Doubled each time up to the longest, and up to a quarter shorter, so that processes that wait for one database do not all come at once.
    private TimeSpan Pause(int tries)
    {
        const int DoublingsMax = 20;
        var longest = Math.Min(options.Value.OpenPauseMax.Ticks, PauseFirst.Ticks * (1L << Math.Min(tries - 1, DoublingsMax)));
        return TimeSpan.FromTicks((long)(longest * (0.75 + (0.25 * random.NextDouble()))));
    }

    [LoggerMessage(EventId = 6101, EventName = "StoreAwaited", Level = LogLevel.Warning, Message = "The store is away, and nothing is accepted until it is there: {Cause} Trying again in {Pause:0.0} s")]
    private partial void LogWaiting(string cause, double pause);

    [LoggerMessage(EventId = 6102, EventName = "StoreOpened", Level = LogLevel.Warning, Message = "The store is there after {Waited:0.0} s; the process starts")]
    private partial void LogOpened(double waited);
}
