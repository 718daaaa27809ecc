using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Execution.Grains;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Grains.Sessions;

/// <summary>Reads sessions off the store, on whichever silo is asked, without waking any of them.</summary>
[StatelessWorker]
public sealed class SessionIndexGrain(IGrainStateTable records) : Grain, ISessionIndexGrain
{
    // A grain's type is its class without "Grain", in small letters; Orleans and the local runtime agree on it.
    private const string GrainType = "session";

    /// <summary>A session may hold a megabyte, and a page of two hundred should not stand in memory at once.</summary>
    private const int RecordsAtOnce = 10;

    public async Task<ImmutableArray<SessionView>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default)
    {
        var sessions = ImmutableArray.CreateBuilder<SessionView>();
        while (sessions.Count < limit)
        {
            var found = await records.ListAsync(GrainType, StoredSession.Name, after, Math.Min(RecordsAtOnce, limit - sessions.Count), cancellationToken);
            if (found.IsEmpty)
            {
                break;
            }

            after = found[^1].Key;
            foreach (var record in found)
            {
                if (JsonSerializer.Deserialize<StoredSession>(record.State.Span)?.Session is { } session)
                {
                    sessions.Add(new SessionView(new SessionId(record.Key), Outline(session)));
                }
            }
        }

        return sessions.DrainToImmutable();
    }

    private static Session Outline(Session session) => session with
    {
        Context = Payload.EmptyObject,
        Running = session.Running is { } running ? running with { Data = Payload.EmptyObject } : null,
        Waiting = [.. session.Waiting.Select(message => message with { Data = Payload.EmptyObject })],
        Turns = [],
        Summary = SessionSummary.Nothing,
        Facts = ImmutableSortedDictionary<string, Payload>.Empty,
        States = ImmutableSortedDictionary<string, Payload>.Empty,
        Seen = [],
    };
}
