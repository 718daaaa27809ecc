using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Subscriptions;

namespace Orchestrator.Grains.Subscriptions;

/// <summary>All subscriptions: those the host declares and those that were stored. The key is always <see cref="Key"/>.</summary>
[Alias("subscription-table")]
public interface ISubscriptionTableGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Stores a subscription under its name. Durable when the task completes; the same again changes nothing.</summary>
    /// <remarks>A new one acts on every event that is published after the task has completed. One that is replaced goes on where it was, unless its topic is another.</remarks>
    /// <param name="expectedVersion">The version to replace; <c>""</c> for none yet, null for whichever there is. Another one is refused with <c>subscription.version</c>.</param>
    [Alias("put")]
    Task<SubscriptionReply> PutAsync(Subscription subscription, string? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>Forgets a stored subscription. Workflows it has started run on. A declared one is refused with <c>subscription.declared</c>.</summary>
    [Alias("remove")]
    Task<SubscriptionReply> RemoveAsync(string name, string? expectedVersion = null, CancellationToken cancellationToken = default);

    [Alias("get")]
    Task<SubscriptionView?> GetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>All of them, by name.</summary>
    [Alias("list")]
    Task<ImmutableArray<SubscriptionView>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Has every subscription act on what is new in its topic, and returns. Called again and again by every silo; while one call is at it, others return at once.</summary>
    [Alias("drive"), AlwaysInterleave]
    Task DriveAsync(CancellationToken cancellationToken = default);
}

/// <summary>How far one subscription has come. The key is its name.</summary>
[Alias("subscription")]
public interface ISubscriptionGrain : IGrainWithStringKey
{
    /// <summary>Begins behind the newest event of its topic, unless it has begun with that topic already.</summary>
    [Alias("begin")]
    Task BeginAsync(Subscription subscription, CancellationToken cancellationToken = default);

    /// <summary>Starts what follows from the next events, then notes how far it is: a crash between the two starts the same workflows again, which changes nothing.</summary>
    /// <returns>The number of the event behind which it stands.</returns>
    [Alias("react")]
    Task<long> ReactAsync(Subscription subscription, CancellationToken cancellationToken = default);

    /// <summary>Forgets how far it was.</summary>
    [Alias("forget")]
    Task ForgetAsync(CancellationToken cancellationToken = default);

    [Alias("progress")]
    Task<SubscriptionProgress> ProgressAsync(CancellationToken cancellationToken = default);
}

/// <param name="Version">Of the subscription after the change: the strong ETag of the API. Null when there is none.</param>
[GenerateSerializer, Immutable, Alias("subscription-reply")]
public sealed record SubscriptionReply([property: Id(0)] string? Version, [property: Id(1)] Refusal? Refusal = null);

/// <param name="Declared">It comes from configuration, and was not replaced.</param>
[GenerateSerializer, Immutable, Alias("subscription-view")]
public sealed record SubscriptionView([property: Id(0)] Subscription Subscription, [property: Id(1)] string Version, [property: Id(2)] bool Declared);

/// <param name="After">Everything up to this number has been acted on, or passed over.</param>
/// <param name="Started">Workflows it has started.</param>
/// <param name="Cut">Events that fitted and from which nothing could follow.</param>
/// <param name="LastProblem">Why, for the last of them.</param>
[GenerateSerializer, Immutable, Alias("subscription-progress")]
public sealed record SubscriptionProgress([property: Id(0)] long After, [property: Id(1)] long Started, [property: Id(2)] long Cut, [property: Id(3)] string? LastProblem);
