using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Decisions;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Specs.Workflows;

/// <summary>One workflow under decisions alone: messages go in, what happened and what is asked for is read off.</summary>
internal sealed class Story
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly WorkflowPolicy policy;
    private long epoch = 1;
    private Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> message = (_, _) => Decision<WorkflowEvent, WorkflowEffect>.Nothing;
    private Decision<WorkflowEvent, WorkflowEffect> decision = Decision<WorkflowEvent, WorkflowEffect>.Nothing;

    private Story(WorkflowPolicy policy) => this.policy = policy;

    public WorkflowState State { get; private set; } = new(new WorkflowId("w"));

    public DateTimeOffset Now { get; private set; } = Noon;

    public ImmutableList<JournalEntry> Journal { get; private set; } = [];

    /// <summary>Effects of the last decision.</summary>
    public ImmutableArray<WorkflowEffect> Asked => decision.Effects;

    public static Story Of(Plan plan, string input = "{}", WorkflowPolicy? policy = null)
    {
        var story = new Story(policy ?? WorkflowPolicy.Default);
        return story.When((state, context) => WorkflowDecisions.Accept(state, Request(plan, input), context));
    }

    /// <summary>Before there is a workflow.</summary>
    public static Story Nobody() => new(WorkflowPolicy.Default);

    public static Story Of(params Step[] steps) => Of(new Plan("p", [.. steps]));

    /// <summary>The successor of another story.</summary>
    public static Story Of(WorkflowAccepted request) =>
        new Story(WorkflowPolicy.Default).When((state, context) => WorkflowDecisions.Accept(state, request, context));

    public static WorkflowAccepted Request(Plan plan, string input = "{}") =>
        new(plan, Json(input), 3, ImmutableSortedDictionary<string, string>.Empty, Fingerprint: "f");

    public static Payload Json(string text) =>
        Payload.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var payload, out var problem) ? payload : throw new ArgumentException(problem);

    public static StepFailure Broken(string code = "agent.error", bool retryable = true, TimeSpan? retryAfter = null) => new(code, "It broke.", retryable, retryAfter);

    public Story When(Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> send)
    {
        message = send;
        decision = send(State, new DecisionContext(Now, epoch, policy));
        foreach (var happened in decision.Events)
        {
            var entry = new JournalEntry(State.Version + 1, Now, happened);
            Journal = Journal.Add(entry);
            State = WorkflowEvolution.Evolve(State, entry, policy);
        }

        return this;
    }

    public Story Completes(string step, string output = "null", int attempt = 1, int generation = 0) =>
        When((state, context) => WorkflowDecisions.CompleteAttempt(state, new(step), generation, attempt, Json(output), context));

    public Story Fails(string step, StepFailure? failure = null, int attempt = 1, int generation = 0) =>
        When((state, context) => WorkflowDecisions.FailAttempt(state, new(step), generation, attempt, failure ?? Broken(), context));

    public Story After(TimeSpan span)
    {
        Now += span;
        return When(WorkflowDecisions.Wake);
    }

    /// <summary>Time passes, and nobody wakes the workflow.</summary>
    public Story Passes(TimeSpan span)
    {
        Now += span;
        return this;
    }

    public Story AfterACrash()
    {
        epoch++;
        return When(WorkflowDecisions.TakeOver);
    }

    public Story AfterLeaving()
    {
        epoch++;
        return When((state, context) => WorkflowDecisions.TakeOver(
            state, context, owner => owner == context.Epoch ? ProcessFate.Running : ProcessFate.Left));
    }

    /// <summary>The whole decision is compared, so an event too many fails too; then the same message is sent again and must change nothing.</summary>
    public Story Then(params WorkflowEvent[] expected)
    {
        Text(decision.Events).ShouldBe(Text([.. expected]));
        return AndTheSameAgainChangesNothing();
    }

    public Story ThenNothing()
    {
        decision.Refusal.ShouldBeNull();
        return Then();
    }

    public Story ThenRefused(string code)
    {
        decision.Refusal?.Code.ShouldBe(code);
        decision.Events.ShouldBeEmpty();
        return this;
    }

    public Story AndTheSameAgainChangesNothing()
    {
        var again = message(State, new DecisionContext(Now, epoch, policy));
        Text(again.Events).ShouldBe("");
        return this;
    }

    public Story AndAsksFor(params string[] effects)
    {
        Asked.Select(Short).ShouldBe(effects);
        return this;
    }

    public Story AndIs(WorkflowStatus status)
    {
        State.Status.ShouldBe(status);
        return this;
    }

    /// <summary>What the journal adds up to must be what life has led to.</summary>
    public Story AndReplaysTheSame()
    {
        var replayed = Journal.Aggregate(new WorkflowState(State.Id), (state, entry) =>
            WorkflowEvolution.Evolve(state, JsonSerializer.Deserialize(JsonSerializer.Serialize(entry, VocabularyJson.Types.JournalEntry), VocabularyJson.Types.JournalEntry)!, policy));
        JsonSerializer.Serialize(WorkflowViews.Of(replayed), VocabularyJson.Types.WorkflowView)
            .ShouldBe(JsonSerializer.Serialize(WorkflowViews.Of(State), VocabularyJson.Types.WorkflowView));
        WorkflowSummaries.Of(replayed, 1, policy).ShouldBe(WorkflowSummaries.Of(State, 1, policy) with { Tags = WorkflowSummaries.Of(replayed, 1, policy).Tags });
        return this;
    }

    public Payload InputAskedFor(string step) => Asked.OfType<WorkflowEffect.StartAttempt>().Single(start => start.Step.Value == step).Input;

    private static string Short(WorkflowEffect effect) => effect switch
    {
        WorkflowEffect.StartAttempt start => $"start {start.Step}#{start.Attempt}",
        WorkflowEffect.CancelAttempt cancel => $"cancel {cancel.Step}#{cancel.Attempt}",
        _ => effect.ToString(),
    };

    private static string Text(ImmutableArray<WorkflowEvent> events) =>
        string.Join("\n", events.Select(happened => JsonSerializer.Serialize(happened, VocabularyJson.Types.WorkflowEvent)));
}
