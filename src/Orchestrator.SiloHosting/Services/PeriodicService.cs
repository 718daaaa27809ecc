using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orchestrator.SiloHosting.Services;

/// <summary>Does one thing again and again, for as long as the host runs. Every silo does, so that the death of one costs a moment.</summary>
internal abstract partial class PeriodicService(TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>Between the end of one turn and the beginning of the next.</summary>
    protected abstract TimeSpan Every { get; }

    /// <summary>What is done, for the log.</summary>
    protected abstract string What { get; }

    /// <summary>May fail: the next turn tries again.</summary>
    protected abstract Task TurnAsync(CancellationToken stoppingToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Every, clock, stoppingToken);
                await TryAsync(What, TurnAsync, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; another silo goes on, or the next start.
        }
    }

    protected async Task TryAsync(string what, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work(stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(failure, what);
        }
    }

    [LoggerMessage(EventId = 1531, EventName = "PeriodicWorkFailed", Level = LogLevel.Warning, Message = "This failed and is tried again: {What}")]
    private partial void LogFailed(Exception exception, string what);
}
