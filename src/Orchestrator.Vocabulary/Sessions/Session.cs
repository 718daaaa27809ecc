using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Sessions;

/// <summary>What becomes of a message that comes while another is being answered.</summary>
[GenerateSerializer, Alias("session-on-busy")]
[JsonConverter(typeof(SnakeCaseEnumConverter<OnBusy>))]
public enum OnBusy
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>It waits for its turn.</summary>
    Queue = 1,

    /// <summary>The one that is being answered is stopped, and this one is next, before those that wait.</summary>
    Interrupt = 2,

    /// <summary>It is refused.</summary>
    Reject = 3,
}

/// <summary>Whether a session takes messages.</summary>
[GenerateSerializer, Alias("session-phase")]
[JsonConverter(typeof(SnakeCaseEnumConverter<SessionPhase>))]
public enum SessionPhase
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,
    Open = 1,
    Closed = 2,
}

/// <summary>What a message asks for.</summary>
[GenerateSerializer, Alias("session-message-kind")]
[JsonConverter(typeof(SnakeCaseEnumConverter<SessionMessageKind>))]
public enum SessionMessageKind
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>One action of one agent of the session.</summary>
    Ask = 1,

    /// <summary>The learning agent is initialised, then the tutor (S3-17).</summary>
    Prepare = 2,
}

/// <summary>How a message stands.</summary>
[GenerateSerializer, Alias("session-message-state")]
[JsonConverter(typeof(SnakeCaseEnumConverter<MessageState>))]
public enum MessageState
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,
    Waiting = 1,
    Running = 2,
    Answered = 3,
    Failed = 4,

    /// <summary>It was stopped for a later one, or because the session was closed, or by whoever cancelled its workflow.</summary>
    Interrupted = 5,

    /// <summary>The session was closed before its turn came.</summary>
    Dropped = 6,
}

/// <summary>A message that has not been answered yet.</summary>
/// <param name="Number">From 1, in the order in which messages were taken on.</param>
/// <param name="Id">The sender's name for it; one id, one message.</param>
/// <param name="Fingerprint">Of its content, to tell a repeated message from a mistaken one.</param>
/// <param name="Agent">The part of the session it is for, such as <c>tutor</c>.</param>
/// <param name="Data">A JSON object: what the agent is told, beside what the session knows.</param>
/// <param name="Interrupted">It is to be stopped.</param>
[GenerateSerializer, Immutable, Alias("session-message")]
public sealed record SessionMessage(
    [property: Id(0)] long Number,
    [property: Id(1)] string Id,
    [property: Id(2)] string Fingerprint,
    [property: Id(3)] SessionMessageKind Kind,
    [property: Id(4)] string Agent,
    [property: Id(5)] string Action,
    [property: Id(6)] Payload Data,
    [property: Id(7)] DateTimeOffset At,
    [property: Id(8)] bool Interrupted = false);

/// <summary>A message and what came of it, as the session remembers it.</summary>
/// <param name="Data">Null when it was too large to be remembered; the workflow has it.</param>
/// <param name="Reply">The agent's answer without what it asked to remember; null when there was none, or it was too large: the workflow has it.</param>
/// <param name="Problem">Why there is no answer, or what of it was not kept.</param>
[GenerateSerializer, Immutable, Alias("session-turn")]
public sealed record SessionTurn(
    [property: Id(0)] long Number,
    [property: Id(1)] string Id,
    [property: Id(2)] string Agent,
    [property: Id(3)] string Action,
    [property: Id(4)] Payload? Data,
    [property: Id(5)] Payload? Reply,
    [property: Id(6)] MessageState State,
    [property: Id(7)] string? Problem,
    [property: Id(8)] DateTimeOffset At,
    [property: Id(9)] DateTimeOffset EndedAt);

/// <summary>What is left of turns that were dropped from the memory.</summary>
/// <param name="Text">A line for each of the newest of them.</param>
[GenerateSerializer, Immutable, Alias("session-summary")]
public sealed record SessionSummary(
    [property: Id(0)] long Turns,
    [property: Id(1)] long Answered,
    [property: Id(2)] DateTimeOffset? From,
    [property: Id(3)] DateTimeOffset? Until,
    [property: Id(4)] string Text)
{
    public static SessionSummary Nothing { get; } = new(0, 0, null, null, "");
}

/// <summary>A message that was taken on, for as long as a repeated one is known.</summary>
[GenerateSerializer, Immutable, Alias("session-seen")]
public readonly record struct SeenMessage([property: Id(0)] string Id, [property: Id(1)] string Fingerprint, [property: Id(2)] long Number);

/// <summary>A keyed conversation of a user with agents, with memory. This is what is stored of it.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="Fingerprint">Of the request that opened it.</param>
/// <param name="Agents">By part: under which name the session's plans call them, such as <c>tutor</c>: <c>tutor-agent-ana-1700000000000</c>.</param>
/// <param name="Context">A JSON object that each message's input begins with.</param>
/// <param name="Waiting">In the order of their turns.</param>
/// <param name="Turns">The newest, the oldest first.</param>
/// <param name="Facts">What agents asked to remember, by name.</param>
/// <param name="States">What an agent asked to be handed in again, by part.</param>
[GenerateSerializer, Immutable, Alias("session-content")]
public sealed record Session(
    [property: Id(0)] long Version,
    [property: Id(1)] string Fingerprint,
    [property: Id(2)] string? User,
    [property: Id(3)] ImmutableSortedDictionary<string, string> Agents,
    [property: Id(4)] OnBusy OnBusy,
    [property: Id(5)] Payload Context,
    [property: Id(6)] SessionPhase Phase,
    [property: Id(7)] DateTimeOffset OpenedAt,
    [property: Id(8)] DateTimeOffset UpdatedAt,
    [property: Id(9)] long LastNumber,
    [property: Id(10)] SessionMessage? Running,
    [property: Id(11)] ImmutableArray<SessionMessage> Waiting,
    [property: Id(12)] ImmutableArray<SessionTurn> Turns,
    [property: Id(13)] SessionSummary Summary,
    [property: Id(14)] ImmutableSortedDictionary<string, Payload> Facts,
    [property: Id(15)] ImmutableSortedDictionary<string, Payload> States,
    [property: Id(16)] ImmutableArray<SeenMessage> Seen,
    [property: Id(17)] string? ClosedFor = null)
{
    /// <summary>A message is being answered or waits for its turn.</summary>
    [JsonIgnore]
    public bool IsBusy => Running is not null || !Waiting.IsEmpty;
}
