namespace Orchestrator.Grains.Requests;

/// <summary>Keeps one number for a while. A reminder forgets it, so that it outlives no retention whatever crashes.</summary>
public sealed class SatisfactionGrain([PersistentState("satisfaction")] IPersistentState<StoredSatisfaction> stored) : Grain, ISatisfactionGrain, IRemindable
{
    private const string Forget = "forget";

    /// <summary>A reminder that could not forget, because the store was away, comes again.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromHours(1);

    public async Task NoteAsync(double satisfaction, TimeSpan keptFor, CancellationToken cancellationToken = default)
    {
        // The reminder first: one that finds nothing takes itself back, and what is kept without one would be kept for ever.
        await this.RegisterOrUpdateReminder(Forget, keptFor, Again);
        if (stored.State.Satisfaction == satisfaction)
        {
            return;
        }

        var before = stored.State;
        stored.State = new StoredSatisfaction { Satisfaction = satisfaction };
        try
        {
            await stored.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            stored.State = before;
            throw;
        }
    }

    public Task<double?> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(stored.State.Satisfaction);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await stored.ClearStateAsync(CancellationToken.None);
        if (await this.GetReminder(Forget) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }
}
