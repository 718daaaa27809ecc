using System.Collections.Immutable;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Execution.Topics;

/// <summary>What the journal's transactions have left to be told: kept with the append it tells of, until it has been told.</summary>
/// <remarks>Whoever reads here publishes, and only then removes. A crash between the two tells it again, and the topic knows it by its id.</remarks>
public interface INewsOutbox
{
    /// <summary>The oldest that have not been removed.</summary>
    /// <exception cref="Journals.StorageUnavailableException">The store is away.</exception>
    ValueTask<ImmutableArray<UntoldNews>> ReadAsync(int limit, CancellationToken cancellationToken);

    /// <summary>They have been told. Those that are gone already are passed over.</summary>
    ValueTask RemoveAsync(ImmutableArray<UntoldNews> told, CancellationToken cancellationToken);
}

/// <param name="Key">Grows, and is never given twice.</param>
public sealed record UntoldNews(long Key, CloudEvent Event);
