using System.Collections.Immutable;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Grains.Sessions;

/// <summary>Which session of a learner is the present one (S3-33). The key is the learner's id.</summary>
/// <remarks>Every command is safe to send twice. When its task completes, what it decided survives any crash of our processes.</remarks>
[Alias("learner")]
public interface ILearnerGrain : IGrainWithStringKey
{
    /// <summary>Names a new session, which is the present one from now on. It does not open it.</summary>
    /// <param name="key">By which the same request is known when it comes again, among the newest twenty; null for one that is new each time.</param>
    /// <param name="fingerprint">Of the request's content: one key names one request.</param>
    [Alias("begin")]
    Task<LearnerSession> BeginAsync(string? key, string fingerprint, CancellationToken cancellationToken = default);

    /// <summary>The present session, named now where there was none.</summary>
    /// <param name="instead">A session that is no longer to be the present one, because it was closed or forgotten.</param>
    [Alias("current")]
    Task<LearnerSession> CurrentAsync(SessionId? instead = null, CancellationToken cancellationToken = default);

    /// <summary>The newest sessions, the oldest first, at most a hundred.</summary>
    [Alias("list")]
    Task<ImmutableArray<LearnerSession>> ListAsync(CancellationToken cancellationToken = default);
}

/// <param name="EpochMs">Milliseconds since 1970 when it was named; no two sessions of a learner have the same.</param>
/// <param name="Mismatch">The key was used for a request of other content.</param>
[GenerateSerializer, Immutable, Alias("learner-session")]
public sealed record LearnerSession([property: Id(0)] SessionId Id, [property: Id(1)] long EpochMs, [property: Id(2)] bool Replayed = false, [property: Id(3)] bool Mismatch = false);
