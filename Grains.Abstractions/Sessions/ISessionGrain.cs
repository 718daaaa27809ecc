using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Grains.Sessions;

/// <summary>A keyed conversation of a user with agents, with memory. The key is the session's id.</summary>
/// <remarks>
/// One message is answered at a time, each by a workflow of its own. When a command's task completes, what it decided survives any crash of our
/// processes, and is gone on with after it without anybody asking. Every command is safe to send twice. A call that fails may have been taken on all the same: send it again.
/// </remarks>
[Alias("session")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Opens the session. The same again is answered as the first time; with other content it is refused with <c>session.exists</c>.</summary>
    [Alias("open")]
    Task<SessionReply> OpenAsync(OpenSession request, CancellationToken cancellationToken = default);

    /// <summary>The session as it stands; null when there is none of this id.</summary>
    [Alias("get")]
    Task<SessionView?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes a message on: it is answered at once, or in its turn. One <see cref="PostMessage.Id"/>, one message, as long as its repetition is known (<c>Sessions:SeenMax</c> messages).</summary>
    [Alias("post")]
    Task<PostReply> PostAsync(PostMessage message, CancellationToken cancellationToken = default);

    /// <summary>How a message stands; null when nobody sent one under this id, or so long ago that it is no longer known.</summary>
    [Alias("get-message")]
    Task<MessageView?> GetMessageAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Takes no more messages: the one that is being answered is stopped, those that wait are dropped. What is remembered can be read until it is forgotten (<c>Sessions:ClosedMax</c>).</summary>
    [Alias("close")]
    Task<SessionReply> CloseAsync(string? reason, CancellationToken cancellationToken = default);

    /// <summary>Forgets the session and all its memory at once, closed or not. What its workflows hold is forgotten with them. False when there was none.</summary>
    [Alias("forget")]
    Task<bool> ForgetAsync(CancellationToken cancellationToken = default);

    /// <summary>Does what is owed: begins, stops or settles. Safe at any moment, any number of times; who has seen a message's workflow end need not wait for the session to see it.</summary>
    [Alias("pursue")]
    Task PursueAsync(CancellationToken cancellationToken = default);
}

/// <param name="Fingerprint">Of the request's content, to tell a repeated request from a mistaken one.</param>
/// <param name="Agents">By part, such as <c>tutor</c>: the name under which a plan would call it.</param>
/// <param name="Context">A JSON object that each message's input begins with.</param>
[GenerateSerializer, Immutable, Alias("open-session")]
public sealed record OpenSession(
    [property: Id(0)] string Fingerprint,
    [property: Id(1)] string? User,
    [property: Id(2)] ImmutableSortedDictionary<string, string> Agents,
    [property: Id(3)] OnBusy OnBusy,
    [property: Id(4)] Payload Context);

/// <param name="Data">A JSON object: what the agent is told, beside what the session knows.</param>
/// <param name="OnBusy">What becomes of it while another is being answered; null for what the session says.</param>
[GenerateSerializer, Immutable, Alias("post-message")]
public sealed record PostMessage(
    [property: Id(0)] string Id,
    [property: Id(1)] string Fingerprint,
    [property: Id(2)] SessionMessageKind Kind,
    [property: Id(3)] string Agent,
    [property: Id(4)] string Action,
    [property: Id(5)] Payload Data,
    [property: Id(6)] OnBusy? OnBusy = null);

[GenerateSerializer, Immutable, Alias("session-reply")]
public sealed record SessionReply([property: Id(0)] SessionView? Session, [property: Id(1)] bool Replayed = false, [property: Id(2)] Refusal? Refusal = null);

/// <param name="Replayed">The message had been taken on before.</param>
[GenerateSerializer, Immutable, Alias("post-reply")]
public sealed record PostReply([property: Id(0)] MessageView? Message, [property: Id(1)] bool Replayed = false, [property: Id(2)] Refusal? Refusal = null);
