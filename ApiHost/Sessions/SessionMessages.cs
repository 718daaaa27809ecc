using System.Collections.Immutable;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.ApiHost.Sessions;

/// <summary>Opens a session.</summary>
/// <param name="Agents">The agents it speaks with, by the names its messages know them by. The session calls each as <c>agent-session</c>, which one may register by that name for this session alone.</param>
/// <param name="Id">1 to 100 letters, digits, '.', '_' and '-', chosen by you; made of the idempotency key, or at random, without one.</param>
/// <param name="User">Who speaks; a word to find it by, not a credential.</param>
/// <param name="OnBusy">What becomes of a message that comes while another is being answered: <c>queue</c> (without one), <c>interrupt</c> or <c>reject</c>.</param>
/// <param name="Context">A JSON object that each message's input begins with.</param>
internal sealed record OpenSessionRequest(
    ImmutableSortedDictionary<string, string> Agents, string? Id = null, string? User = null, string? OnBusy = null, Payload? Context = null);

/// <summary>Says something to an agent of the session.</summary>
/// <param name="Agent">Which one; may be left out where the session has one only.</param>
/// <param name="Action">What it is to do; <c>respond</c> without one.</param>
/// <param name="Data">A JSON object: what it is told, beside what the session knows.</param>
/// <param name="Content">What it is told in words; the same as <c>data.content</c>.</param>
/// <param name="Id">1 to 128 letters, digits, '.', '_' and '-', chosen by you: one id, one message. Made of the idempotency key, or at random, without one.</param>
/// <param name="OnBusy">For this message: <c>queue</c>, <c>interrupt</c> or <c>reject</c>.</param>
internal sealed record PostMessageRequest(string? Agent = null, string? Action = null, Payload? Data = null, string? Content = null, string? Id = null, string? OnBusy = null);

/// <param name="Reason">Kept with the session.</param>
internal sealed record CloseSessionRequest(string? Reason = null);

/// <param name="ClosedFor">Why it was closed, if somebody said.</param>
internal sealed record SessionSummaryResponse(
    string Id, string? User, SessionPhase State, OnBusy OnBusy, ImmutableSortedDictionary<string, string> Agents, int Waiting, string? Running, long Messages, DateTimeOffset OpenedAt, DateTimeOffset UpdatedAt,
    string? ClosedFor, string Self)
{
    public static SessionSummaryResponse Of(SessionView view) => new(
        view.Id.Value, view.Content.User, view.Content.Phase, view.Content.OnBusy, view.Content.Agents, view.Content.Waiting.Length, view.Content.Running?.Id, view.Content.LastNumber,
        view.Content.OpenedAt, view.Content.UpdatedAt, view.Content.ClosedFor, SessionLinks.Self(view.Id));
}

/// <param name="Agents">By part: the name under which its workflows call the agent.</param>
/// <param name="Context">What each message's input begins with.</param>
/// <param name="Waiting">Messages in the order of their turns.</param>
/// <param name="Turns">What is remembered word by word, the oldest first.</param>
/// <param name="Summary">What is left of turns before those.</param>
/// <param name="Facts">What agents asked to remember.</param>
/// <param name="States">What each agent is handed in again.</param>
internal sealed record SessionResponse(
    string Id,
    string? User,
    SessionPhase State,
    string? ClosedFor,
    OnBusy OnBusy,
    ImmutableSortedDictionary<string, string> Agents,
    Payload Context,
    MessageResponse? Running,
    ImmutableArray<MessageResponse> Waiting,
    ImmutableArray<TurnResponse> Turns,
    SessionSummary Summary,
    ImmutableSortedDictionary<string, Payload> Facts,
    ImmutableSortedDictionary<string, Payload> States,
    DateTimeOffset OpenedAt,
    DateTimeOffset UpdatedAt)
{
    public static SessionResponse Of(SessionView view)
    {
        var session = view.Content;
        return new(
            view.Id.Value, session.User, session.Phase, session.ClosedFor, session.OnBusy, session.Agents, session.Context,
            session.Running is { } running ? MessageResponse.Of(view.Id, running, MessageState.Running) : null,
            [.. session.Waiting.Select(message => MessageResponse.Of(view.Id, message, MessageState.Waiting))],
            [.. session.Turns.Select(TurnResponse.Of)],
            session.Summary, session.Facts, session.States, session.OpenedAt, session.UpdatedAt);
    }
}

/// <param name="Said">Null when it was too large to be remembered.</param>
/// <param name="Answered">Null when there was no answer, or it was too large to be remembered: the workflow has it.</param>
/// <param name="Problem">Why there is no answer, or what of it was not kept.</param>
internal sealed record TurnResponse(
    long Number, string Id, string Agent, string Action, MessageState State, Payload? Said, Payload? Answered, string? Problem, DateTimeOffset At, DateTimeOffset EndedAt)
{
    public static TurnResponse Of(SessionTurn turn) => new(turn.Number, turn.Id, turn.Agent, turn.Action, turn.State, turn.Data, turn.Reply, turn.Problem, turn.At, turn.EndedAt);
}

/// <param name="Workflow">What answers it. There is no such workflow before the message's turn has come.</param>
/// <param name="Turn">What came of it; null before its end, and once it is no longer remembered word by word.</param>
internal sealed record MessageResponse(string Id, long Number, MessageState State, string? Workflow, string Self, TurnResponse? Turn)
{
    public static MessageResponse Of(SessionId session, MessageView view) =>
        new(view.Id, view.Number, view.State, view.Workflow.Value, SessionLinks.Message(session, view.Id), view.Turn is { } turn ? TurnResponse.Of(turn) : null);

    public static MessageResponse Of(SessionId session, SessionMessage message, MessageState state) => new(message.Id, message.Number, state, null, SessionLinks.Message(session, message.Id), null);
}

internal static class SessionLinks
{
    public static string Self(SessionId id) => "/api/v1/sessions/" + id.Value;

    public static string Message(SessionId id, string message) => $"{Self(id)}/messages/{message}";
}
