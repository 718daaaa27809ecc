using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Execution.Grains;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Grains.Sessions;

/// <summary>Reads sessions off the store, on whichever silo is asked, without waking any of them.</summary>
[StatelessWorker]
public sealed class SessionIndexGrain(IGrainStateTable records) : Grain, ISessionIndexGrain
{
    // A grain's type is its class without "Grain", in small letters; Orleans and the local runtime agree on it.
    private const string GrainType = "session";

    public async Task<ImmutableArray<SessionView>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default)
    {
        var found = await records.ListAsync(GrainType, StoredSession.Name, after, limit, cancellationToken);
        return
        [
            .. found.Select(record => (record.Key, JsonSerializer.Deserialize<StoredSession>(record.State.Span)?.Session))
                .Where(pair => pair.Session is not null)
                .Select(pair => new SessionView(new SessionId(pair.Key), pair.Session!)),
        ];
    }
}
