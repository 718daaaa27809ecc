namespace Orchestrator.Grains.Records;

/// <summary>How a grain keeps its one record.</summary>
internal static class RecordKeeping
{
    /// <summary>Keeps <paramref name="next"/> in the place of what was kept. It survives any crash from the end of the call on.</summary>
    /// <exception cref="Exception">It could not be written. What was known before is known still, so that the next change starts from there.</exception>
    public static async Task KeepAsync<T>(this IPersistentState<T> record, T next)
    {
        var before = record.State;
        record.State = next;
        try
        {
            await record.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            record.State = before;
            throw;
        }
    }
}
