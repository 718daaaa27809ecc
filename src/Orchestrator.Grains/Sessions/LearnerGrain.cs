using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Grains.Sessions;

/// <summary>Names a learner's sessions, and knows which is the present one.</summary>
public sealed class LearnerGrain([PersistentState("learner")] IPersistentState<StoredLearner> stored, TimeProvider clock) : Grain, ILearnerGrain
{
    private const int SessionsMax = 100;
    private const int RequestsMax = 20;

    public async Task<LearnerSession> BeginAsync(string? key, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (key is not null && stored.State.Requests.Find(request => request.Key == key) is { } known)
        {
            var first = stored.State.Sessions.Find(session => session.Id == known.Session);
            return new LearnerSession(new SessionId(known.Session), first?.EpochMs ?? 0, Replayed: true, Mismatch: known.Fingerprint != fingerprint);
        }

        return await NameAsync(key is null ? null : new StoredLearner.Request { Key = key, Fingerprint = fingerprint });
    }

    public Task<LearnerSession> CurrentAsync(SessionId? instead = null, CancellationToken cancellationToken = default) =>
        stored.State.Current is { } current && current != instead?.Value && stored.State.Sessions.Find(session => session.Id == current) is { } present
            ? Task.FromResult(new LearnerSession(new SessionId(present.Id), present.EpochMs))
            : NameAsync(request: null);

    public Task<ImmutableArray<LearnerSession>> ListAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<ImmutableArray<LearnerSession>>([.. stored.State.Sessions.Select(session => new LearnerSession(new SessionId(session.Id), session.EpochMs))]);

    private async Task<LearnerSession> NameAsync(StoredLearner.Request? request)
    {
        var before = stored.State;

        // Two in one millisecond, or after a clock was set back, still have names of their own.
        var epochMs = Math.Max(clock.GetUtcNow().ToUnixTimeMilliseconds(), (before.Sessions is [.., var newest] ? newest.EpochMs : 0) + 1);
        var id = string.Create(CultureInfo.InvariantCulture, $"session_{this.GetPrimaryKeyString()}_{epochMs}");
        await stored.KeepAsync(new StoredLearner
        {
            Sessions = [.. before.Sessions.TakeLast(SessionsMax - 1), new StoredLearner.Named { Id = id, EpochMs = epochMs }],
            Requests = request is null
                ? before.Requests
                : [.. before.Requests.TakeLast(RequestsMax - 1), new StoredLearner.Request { Key = request.Key, Fingerprint = request.Fingerprint, Session = id }],
            Current = id,
        });
        return new LearnerSession(new SessionId(id), epochMs);
    }
}
