using Orchestrator.Execution.Journals;

namespace Orchestrator.Execution.Retention;

/// <summary>Sweeps again and again.</summary>
public static class RetentionLoop
{
    /// <summary>Sweeps for ever, until cancelled. A store that is away is tried again at the next interval.</summary>
    public static async Task RunAsync(this IRetention retention, RetentionOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await retention.SweepAsync(cancellationToken);
            }
            catch (StorageUnavailableException)
            {
                // The appends report it; what is due to go goes later.
            }

            await Task.Delay(options.Interval, clock, cancellationToken);
        }
    }
}
