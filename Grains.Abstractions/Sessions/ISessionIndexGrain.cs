using System.Collections.Immutable;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Grains.Sessions;

/// <summary>Reads over all sessions, for front ends that have no store of their own. The key is always <see cref="Key"/>.</summary>
[Alias("session-index")]
public interface ISessionIndexGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Sessions by id, after <paramref name="after"/>, at most <paramref name="limit"/> (1 to 201). Read off the store: none of them is activated. In outline: without their memory and what messages say.</summary>
    [Alias("list")]
    Task<ImmutableArray<SessionView>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default);
}
