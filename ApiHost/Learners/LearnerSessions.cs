using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Sessions;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Decisions.Sessions;
using Orchestrator.Grains;
using Orchestrator.Grains.Sessions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Learners;

/// <summary>What S3 asks of a learner's agents, whichever way it came: sessions are begun, and begun unasked, and answer in S3's words.</summary>
/// <remarks>Every step is safe to take twice, so a request that was cut off anywhere can be sent again.</remarks>
internal sealed class LearnerSessions(IGrainFactory grains, MessageWait wait, WorkflowIdSource ids, TimeProvider clock)
{
    private const string Speech = "speech";
    private const string PrepareMessage = "start_session";
    private const string InteractionAction = "process_interaction";
    private const string Unasked = "a session that an interaction began";

    // A plan that prepares a session ends by itself after thirty seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(35);

    /// <summary>The parts that agents have in a learner's session.</summary>
    public static ImmutableArray<string> Parts { get; } = [SessionPlans.Learning, SessionPlans.Tutor, Speech];

    /// <param name="context">Subject and grade.</param>
    /// <param name="key">By which the request is known when it comes again; null for one that is new each time.</param>
    public async Task<(StartedSessionResponse? Started, bool Replayed, ApiProblem? Problem)> StartAsync(string learner, Payload context, string fingerprint, string? key, CancellationToken cancellationToken)
    {
        var named = await grains.Learner(learner).BeginAsync(key, fingerprint, cancellationToken);
        if (named.Mismatch)
        {
            return (null, false, ApiProblem.Of("idempotency.key_reused", $"The key was used for another session of learner '{learner}'."));
        }

        var agents = AgentsOf(learner, named);
        var opened = await grains.Session(named.Id).OpenAsync(Opening(fingerprint, learner, agents, context), cancellationToken);
        if (opened.Refusal is { } refusal)
        {
            return (null, false, ApiProblem.From(refusal));
        }

        var posted = await grains.Session(named.Id).PostAsync(
            new PostMessage(PrepareMessage, fingerprint, SessionMessageKind.Prepare, SessionPlans.Learning, PrepareMessage, Payload.EmptyObject), cancellationToken);
        if (posted.Refusal is { } closed)
        {
            return (null, false, ApiProblem.From(closed));
        }

        var message = await wait.UntilEndAsync(named.Id, PrepareMessage, Patience, cancellationToken) ?? posted.Message!;
        return await grains.Workflow(message.Workflow).GetAsync(cancellationToken) is { } view
            ? (new(
                named.Id.Value,
                new(agents[SessionPlans.Learning], agents[SessionPlans.Tutor]),
                view.Status == WorkflowStatus.Completed ? "ready" : view.Status.IsFinal() ? "failed" : "preparing",
                PlanResult.Of(view, clock.GetUtcNow()),
                view.FinishedAt ?? clock.GetUtcNow()), named.Replayed, null)
            : (null, false, ApiProblem.Of("workflow.not_found", $"Session '{named.Id}' was prepared so long ago that its workflow is no longer kept."));
    }

    /// <summary>Judges an answer in the learner's present session, which is begun where there is none.</summary>
    public async Task<(InteractionResponse? Answer, SessionId Session, MessageView? Message, bool Replayed, ApiProblem? Problem)> InteractAsync(
        string learner, Payload data, string fingerprint, string? key, CancellationToken cancellationToken)
    {
        var asked = await AskAsync(learner, SessionPlans.Learning, InteractionAction, data, fingerprint, key, cancellationToken);
        return (asked.Turn is { } turn ? InteractionResponse.Of(turn, asked.Reply) : null, asked.Session, asked.Message, asked.Replayed, asked.Problem);
    }

    /// <summary>Asks one of the agents of the learner's present session, which is begun where there is none, and waits for its answer.</summary>
    /// <param name="agent">Its part in the session: one of <see cref="Parts"/>.</param>
    /// <param name="key">By which the request is known when it comes again; null for one that is new each time.</param>
    public async Task<LearnerAnswer> AskAsync(string learner, string agent, string action, Payload data, string fingerprint, string? key, CancellationToken cancellationToken)
    {
        var id = key is null ? ids.Next().Value : SessionEndpoints.Named(key);
        var (present, posted) = await PostAsync(learner, new PostMessage(id, fingerprint, SessionMessageKind.Ask, agent, action, data), cancellationToken);
        var answer = new LearnerAnswer(present.Id, AgentsOf(learner, present)[agent], posted.Message, posted.Replayed);
        if (posted.Refusal is { } refusal)
        {
            return answer with
            {
                Problem = refusal.Code == SessionCodes.MessageExists
                    ? ApiProblem.Of("idempotency.key_reused", $"The key was used for another interaction of learner '{learner}'.")
                    : ApiProblem.From(refusal),
            };
        }

        var message = await wait.UntilEndAsync(present.Id, id, Patience, cancellationToken) ?? posted.Message!;
        if (message.State < MessageState.Answered)
        {
            return answer with { Message = message };
        }

        // What the session does not remember word by word its workflow does, as long as it is kept.
        var turn = message.Turn ?? new SessionTurn(message.Number, id, agent, action, null, null, message.State, null, clock.GetUtcNow(), clock.GetUtcNow());
        var view = turn.Reply is null ? await grains.Workflow(message.Workflow).GetAsync(cancellationToken) : null;
        return answer with { Message = message, Turn = turn, Reply = turn.Reply ?? view?.Steps.FirstOrDefault(step => step.Output is not null)?.Output, Failure = view?.Failure };
    }

    private async Task<(LearnerSession Session, PostReply Reply)> PostAsync(string learner, PostMessage message, CancellationToken cancellationToken)
    {
        var present = await grains.Learner(learner).CurrentAsync(null, cancellationToken);
        var reply = await grains.Session(present.Id).PostAsync(message, cancellationToken);
        if (reply.Refusal?.Code == SessionCodes.Closed)
        {
            present = await grains.Learner(learner).CurrentAsync(instead: present.Id, cancellationToken);
            reply = await grains.Session(present.Id).PostAsync(message, cancellationToken);
        }

        if (reply.Refusal?.Code == SessionCodes.NotFound)
        {
            await grains.Session(present.Id).OpenAsync(Opening(Unasked, learner, AgentsOf(learner, present), Payload.EmptyObject), cancellationToken);
            reply = await grains.Session(present.Id).PostAsync(message, cancellationToken);
        }

        return (present, reply);
    }

    private static OpenSession Opening(string fingerprint, string learner, ImmutableSortedDictionary<string, string> agents, Payload context) =>
        new(fingerprint, learner, agents, OnBusy.Queue, context);

    private static ImmutableSortedDictionary<string, string> AgentsOf(string learner, LearnerSession session)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{learner}-{session.EpochMs}");
        return ImmutableSortedDictionary<string, string>.Empty
            .Add(SessionPlans.Learning, "learning-agent-" + key)
            .Add(SessionPlans.Tutor, "tutor-agent-" + key)
            .Add(Speech, "speech-agent-" + key);
    }
}

/// <summary>What became of a question to a learner's agent.</summary>
/// <param name="Agent">Who was asked.</param>
/// <param name="Turn">Null where it has not ended yet, or was refused.</param>
/// <param name="Reply">The agent's own words; null where it gave none.</param>
/// <param name="Failure">Why it gave none, where it failed.</param>
internal sealed record LearnerAnswer(
    SessionId Session, string Agent, MessageView? Message, bool Replayed, SessionTurn? Turn = null, Payload? Reply = null, StepFailure? Failure = null, ApiProblem? Problem = null);
