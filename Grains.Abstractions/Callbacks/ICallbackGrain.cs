using System.Text.Json.Serialization;
using Orchestrator.Vocabulary;

namespace Orchestrator.Grains.Callbacks;

/// <summary>Tells a workflow's callback address how it ended. The key is the workflow's id.</summary>
[Alias("callback")]
public interface ICallbackGrain : IGrainWithStringKey
{
    /// <summary>The workflow has ended and wants to be told of. Durable when the task completes; the same again changes nothing.</summary>
    /// <param name="number">The number of the workflow's last event.</param>
    [Alias("owe")]
    Task OweAsync(long number, CancellationToken cancellationToken = default);

    /// <summary>How it stands; null when nothing was ever owed.</summary>
    [Alias("get")]
    Task<CallbackView?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Has it told once more, from the first try on, under the same id; null when nothing was ever owed.</summary>
    [Alias("redeliver")]
    Task<CallbackView?> RedeliverAsync(CancellationToken cancellationToken = default);
}

/// <summary>Takes what the topic of owed callbacks holds to their grains. The key is always <see cref="Key"/>, so that one silo reads for all.</summary>
[Alias("callback-relay")]
public interface ICallbackRelayGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Takes what there is and returns. Called again and again by every silo; while one call is at it, others return at once.</summary>
    [Alias("relay"), AlwaysInterleave]
    Task RelayAsync(CancellationToken cancellationToken = default);
}

[GenerateSerializer, Alias("callback-state")]
[JsonConverter(typeof(SnakeCaseEnumConverter<CallbackState>))]
public enum CallbackState
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>It is being told, or waits for its next try.</summary>
    Owed = 1,
    Delivered = 2,

    /// <summary>It was tried as often as may be, or the receiver is gone.</summary>
    GivenUp = 3,
}

/// <summary>How a callback stands.</summary>
/// <param name="Url">Where it goes, without its query, which may hold a secret; null when the workflow is no longer kept.</param>
/// <param name="Tries">Tries made since it was last asked for.</param>
/// <param name="LastStatus">The HTTP status of the newest answer.</param>
/// <param name="LastProblem">Why the newest try failed.</param>
/// <param name="NextAt">When it is tried next; null when it is not.</param>
[GenerateSerializer, Immutable, Alias("callback-view")]
public sealed record CallbackView(
    [property: Id(0)] string Workflow,
    [property: Id(1)] string? Url,
    [property: Id(2)] CallbackState State,
    [property: Id(3)] int Tries,
    [property: Id(4)] int? LastStatus,
    [property: Id(5)] string? LastProblem,
    [property: Id(6)] DateTimeOffset? LastTriedAt,
    [property: Id(7)] DateTimeOffset? NextAt);
