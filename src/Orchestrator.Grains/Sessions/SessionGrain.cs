using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Sessions;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary.Sessions;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Sessions;

/// <summary>Keeps a session, has its messages answered one after the other, and remembers what came of them. What follows from what is decided by <see cref="SessionDecisions"/>.</summary>
/// <remarks>
/// What is owed is in the record: the message that is being answered, and whether it is to be stopped. Its workflow has an id made of the session and the
/// message's number, so beginning it twice begins it once, and its end is settled once, by that number. A reminder stands while a message is owed, set before the
/// message is kept; timers only make it faster.
/// </remarks>
public sealed partial class SessionGrain(
    [PersistentState(StoredSession.Name)] IPersistentState<StoredSession> stored,
    TimeProvider clock,
    IOptions<SessionGrainOptions> options,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain, IRemindable
{
    private SessionPolicy Policy => field ??= options.Value.ToPolicy();

    private SessionId Id => new(this.GetPrimaryKeyString());

    private Session? Session => stored.State.Session;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (Session is { Running: not null })
        {
            PursueAfter(TimeSpan.Zero);
        }

        return Task.CompletedTask;
    }

    public async Task<SessionReply> OpenAsync(OpenSession request, CancellationToken cancellationToken = default)
    {
        var decision = SessionDecisions.Open(Session, new SessionOpening(request.Fingerprint, request.User, request.Agents, request.OnBusy, request.Context), clock.GetUtcNow());
        if (decision.Refusal is { } refusal)
        {
            return new SessionReply(null, Refusal: refusal with { Message = $"Session '{Id}': {refusal.Message}" });
        }

        if (!decision.Replayed)
        {
            await RemindWhenIdleAsync(decision.Next!);
            await KeepAsync(decision.Next!);
        }

        return new SessionReply(See(), decision.Replayed);
    }

    public Task<SessionView?> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(See());

    public async Task<PostReply> PostAsync(PostMessage message, CancellationToken cancellationToken = default)
    {
        var incoming = new IncomingMessage(message.Id, message.Fingerprint, message.Kind, message.Agent, message.Action, message.Data, message.OnBusy);
        var decision = SessionDecisions.Post(Session, incoming, Policy, clock.GetUtcNow());
        if (decision.Refusal is { } refusal)
        {
            return new PostReply(null, Refusal: refusal with { Message = $"Session '{Id}': {refusal.Message}" });
        }

        if (!decision.Replayed)
        {
            await RemindWhileBusyAsync();
            await KeepAsync(decision.Next!);
            PursueAfter(TimeSpan.Zero);
        }

        return new PostReply(SeeMessage(decision.Number, message.Id), decision.Replayed);
    }

    public Task<MessageView?> GetMessageAsync(string id, CancellationToken cancellationToken = default) =>
        Task.FromResult(Session?.Seen.FirstOrDefault(seen => seen.Id == id) is { Id: not null } known ? SeeMessage(known.Number, id) : null);

    public async Task<SessionReply> CloseAsync(string? reason, CancellationToken cancellationToken = default)
    {
        if (Session is not { } session)
        {
            return new SessionReply(null, Refusal: new(SessionCodes.NotFound, $"There is no session '{Id}'."));
        }

        var closed = SessionDecisions.Close(session, reason, Policy, clock.GetUtcNow());
        if (closed != session)
        {
            await RemindWhenIdleAsync(closed);
            await KeepAsync(closed);
            PursueAfter(TimeSpan.Zero);
        }

        return new SessionReply(See(), Replayed: closed == session);
    }

    public async Task<bool> ForgetAsync(CancellationToken cancellationToken = default)
    {
        if (Session is not { } session)
        {
            return false;
        }

        // Stopped first: once the session is forgotten, nobody knows of its workflow.
        if (session.Running is { } running)
        {
            await StopAsync(running);
        }

        await ForgetNowAsync();
        return true;
    }

    private SessionView? See() => Session is { } session ? new SessionView(Id, session) : null;

    private MessageView? SeeMessage(long number, string id)
    {
        var session = Session!;
        var workflow = WorkflowOf(number);
        return session.Running?.Number == number ? new(id, number, MessageState.Running, workflow)
            : session.Waiting.Any(message => message.Number == number) ? new(id, number, MessageState.Waiting, workflow)
            : session.Turns.FirstOrDefault(turn => turn.Number == number) is { } turn ? new(id, number, turn.State, workflow, turn)
            // It has gone into the summary; whatever became of it, its workflow says.
            : new(id, number, MessageState.Answered, workflow);
    }

    // With the time of its opening: a session that was forgotten and opened anew finds no workflows of its former life.
    private WorkflowId WorkflowOf(long number) => new(string.Create(CultureInfo.InvariantCulture, $"{Id.Value}.{Session!.OpenedAt.ToUnixTimeMilliseconds():x}.{number}"));

    private Task KeepAsync(Session next) => stored.KeepAsync(new StoredSession { Session = next });
}
