namespace Orchestrator.Grains.Requests;

/// <summary>How satisfied a person was with the answer to one request. The key is the id of the workflow that answered it.</summary>
[Alias("satisfaction")]
public interface ISatisfactionGrain : IGrainWithStringKey
{
    /// <summary>Keeps what the person says, in place of what she said before. Durable when the task completes; the same again changes nothing but the time it is kept.</summary>
    /// <param name="satisfaction">0 to 1.</param>
    /// <param name="keptFor">1 minute to 30 days, from now; then it is forgotten.</param>
    [Alias("note")]
    Task NoteAsync(double satisfaction, TimeSpan keptFor, CancellationToken cancellationToken = default);

    /// <summary>What was said; null when nobody said anything, or it has been forgotten.</summary>
    [Alias("get")]
    Task<double?> GetAsync(CancellationToken cancellationToken = default);
}
