using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Decisions.Sessions;

/// <summary>The session as it is to be kept, or why nothing changes. What is owed afterwards can be read off it: <see cref="Session.Running"/> is to be answered, and stopped where it says so.</summary>
/// <param name="Number">The message that was taken on, now or before.</param>
/// <param name="Replayed">It had been taken on before.</param>
public readonly record struct SessionDecision(Session? Next, long Number = 0, bool Replayed = false, Refusal? Refusal = null)
{
    public static SessionDecision No(string code, string message, TimeSpan? retryAfter = null) => new(null, Refusal: new Refusal(code, message, retryAfter));
}

/// <summary>What a session is opened with.</summary>
public sealed record SessionOpening(string Fingerprint, string? User, ImmutableSortedDictionary<string, string> Agents, OnBusy OnBusy, Payload Context);

/// <summary>A message as it comes in.</summary>
/// <param name="OnBusy">What becomes of it while another is being answered; null for what the session says.</param>
public sealed record IncomingMessage(string Id, string Fingerprint, SessionMessageKind Kind, string Agent, string Action, Payload Data, OnBusy? OnBusy);

/// <summary>How the workflow of a message ended.</summary>
/// <param name="Replies">What each part of the session answered; empty when none did.</param>
public sealed record MessageOutcome(MessageState State, string? Problem, ImmutableArray<AgentReply> Replies);

/// <param name="Agent">The part of the session that answered.</param>
public sealed record AgentReply(string Agent, Payload Output);

/// <summary>Everything a session may decide. Pure: the same arguments give the same answer. Each message is answered once in its memory, whatever is sent twice.</summary>
public static partial class SessionDecisions
{
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(1);

    public static SessionDecision Open(Session? session, SessionOpening opening, DateTimeOffset now) =>
        session is null
            ? new(new Session(
                1, opening.Fingerprint, opening.User, opening.Agents, opening.OnBusy, opening.Context, SessionPhase.Open, now, now, 0, null, [], [], SessionSummary.Nothing,
                ImmutableSortedDictionary<string, Payload>.Empty, ImmutableSortedDictionary<string, Payload>.Empty, []))
            : session.Fingerprint == opening.Fingerprint
                ? new(session, Replayed: true)
                : SessionDecision.No(SessionCodes.Exists, "The session was opened with other content.");

    /// <summary>Takes a message on: to be answered at once, or in its turn.</summary>
    public static SessionDecision Post(Session? session, IncomingMessage message, SessionPolicy policy, DateTimeOffset now)
    {
        if (session is null)
        {
            return SessionDecision.No(SessionCodes.NotFound, "There is no such session.");
        }

        if (session.Seen.FirstOrDefault(one => one.Id == message.Id) is { Id: not null } seen)
        {
            return seen.Fingerprint == message.Fingerprint
                ? new(session, seen.Number, Replayed: true)
                : SessionDecision.No(SessionCodes.MessageExists, $"Message '{message.Id}' was sent with other content.");
        }

        if (Refuse(session, message, policy) is { } refusal)
        {
            return new(null, Refusal: refusal);
        }

        var number = session.LastNumber + 1;
        var taken = new SessionMessage(number, message.Id, message.Fingerprint, message.Kind, message.Agent, message.Action, message.Data, now);
        var next = Changed(session, now) with
        {
            LastNumber = number,
            Seen = [.. session.Seen.TakeLast(policy.SeenMax - 1), new SeenMessage(message.Id, message.Fingerprint, number)],
        };
        return new(
            session.Running is null ? next with { Running = taken }
                : (message.OnBusy ?? session.OnBusy) == OnBusy.Interrupt ? next with { Running = session.Running with { Interrupted = true }, Waiting = [taken, .. session.Waiting] }
                : next with { Waiting = [.. session.Waiting, taken] },
            number);
    }

    /// <summary>Remembers what came of a message and gives the next one its turn. A message that is not being answered changes nothing: it was settled before.</summary>
    public static Session Settle(Session session, long number, MessageOutcome outcome, SessionPolicy policy, DateTimeOffset now)
    {
        if (session.Running is not { } running || running.Number != number)
        {
            return session;
        }

        var (told, problem) = outcome.State == MessageState.Answered ? Learn(session, outcome.Replies, policy) : (session, null);
        var turn = TurnOf(running, outcome.State, ReplyOf(running, outcome), outcome.Problem ?? problem, policy, now);
        return Remember(Changed(told, now) with { Running = told.Waiting.FirstOrDefault(), Waiting = told.Waiting.IsEmpty ? [] : told.Waiting.RemoveAt(0) }, [turn], policy);
    }

    /// <summary>Takes no more messages. The one that is being answered is stopped, those that wait are dropped. The same again changes nothing.</summary>
    public static Session Close(Session session, string? reason, SessionPolicy policy, DateTimeOffset now)
    {
        if (session.Phase == SessionPhase.Closed)
        {
            return session;
        }

        var dropped = session.Waiting.Select(message => TurnOf(message, MessageState.Dropped, null, "The session was closed before its turn came.", policy, now));
        var closed = Changed(session, now) with { Phase = SessionPhase.Closed, ClosedFor = reason, Waiting = [], Running = session.Running is { } running ? running with { Interrupted = true } : null };
        return Remember(closed, dropped, policy);
    }

    /// <summary>When the session is to be forgotten if nothing changes; null while a message is to be answered.</summary>
    public static DateTimeOffset? ForgetAt(Session session, SessionPolicy policy) =>
        session.IsBusy ? null : session.UpdatedAt + (session.Phase == SessionPhase.Closed ? policy.ClosedMax : policy.IdleMax);

    private static Refusal? Refuse(Session session, IncomingMessage message, SessionPolicy policy) =>
        session.Phase == SessionPhase.Closed ? new(SessionCodes.Closed, "The session has been closed.")
            : Needed(message).FirstOrDefault(agent => !session.Agents.ContainsKey(agent)) is { } missing
                ? new(SessionCodes.NoSuchAgent, $"The session has no agent '{missing}'; it has {string.Join(", ", session.Agents.Keys)}.")
            : message.Data.Length > policy.MessageBytesMax
                ? new(SessionCodes.MessageTooLarge, $"A message has at most {policy.MessageBytesMax} bytes, found {message.Data.Length}.")
            : session.Running is null ? null
            : (message.OnBusy ?? session.OnBusy) == OnBusy.Reject ? new(SessionCodes.Busy, $"Message '{session.Running.Id}' is being answered.", BusyFor)
            : session.Waiting.Length >= policy.WaitingMax ? new(SessionCodes.Full, $"{session.Waiting.Length} messages wait for their turn, which is as many as may.", BusyFor)
            : null;

    private static ImmutableArray<string> Needed(IncomingMessage message) => message.Kind == SessionMessageKind.Prepare ? [SessionPlans.Learning, SessionPlans.Tutor] : [message.Agent];

    private static Session Changed(Session session, DateTimeOffset now) => session with { Version = session.Version + 1, UpdatedAt = now };
}
