using System.Collections.Immutable;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Checks;

/// <summary>The checkers are checked: a good story passes, and each bad one is refused by the invariant it breaks.</summary>
public sealed class When_a_checker_watches
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StepFailure Broke = new("agent.error", "It broke.", Retryable: true);
    private static readonly StepPath A = new("a");
    private static readonly StepPath B = new("b");
    private static readonly RetryPolicy Twice = new(2, Backoff.Fixed, TimeSpan.FromSeconds(10));
    private static readonly Plan Two = new("two", [new Step("a", "alpha", "do", Retry: Twice), new Step("b", "alpha", "do", Dependencies: ["a"])]);

    private static Payload Output(string step, int attempt) => Payload.FromTrustedUtf8(System.Text.Encoding.UTF8.GetBytes($$"""{"key":"w:{{step}}:0","attempt":{{attempt}}}"""));

    private static WorkflowAccepted Accepted => new(Two, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>The events are kept in one append, each a second after the one before it, with the row they add up to.</summary>
    private static void Watch(Plan plan, params ReadOnlySpan<WorkflowEvent> events) => Watch(plan, row => row, TimeSpan.FromSeconds(1), events);

    private static void Watch(Plan plan, Func<WorkflowSummary, WorkflowSummary> row, TimeSpan pause, params ReadOnlySpan<WorkflowEvent> events)
    {
        var state = new WorkflowState(new("w"));
        var entries = ImmutableArray.CreateBuilder<JournalEntry>();
        foreach (var happened in events)
        {
            var entry = new JournalEntry(entries.Count + 1, Noon + (pause * entries.Count), happened);
            entries.Add(entry);
            state = Evolved(state, entry);
        }

        new WorkflowChecker(new("w"), plan, WorkflowPolicy.Default).Kept(
            new JournalAppend(new("w"), 0, entries.ToImmutable(), row(WorkflowSummaries.Of(state, 1, WorkflowPolicy.Default))), entries[^1].At);
    }

    // Where the product's own code would refuse the event, the checker has to have refused it before.
    private static WorkflowState Evolved(WorkflowState state, JournalEntry entry)
    {
        try
        {
            return WorkflowEvolution.Evolve(state, entry, WorkflowPolicy.Default);
        }
        catch (InvalidOperationException)
        {
            return state;
        }
    }

    private static void Breaks(string invariant, Action watch) => Should.Throw<InvariantBrokenException>(watch).Invariant.ShouldBe(invariant);

    [Fact]
    public void a_good_story_passes() => Watch(
        Two, row => row, TimeSpan.FromSeconds(10),
        Accepted, new StepStarted(A, 1, 1), new AttemptFailed(A, 1, Broke), new RetryScheduled(A, 2, Noon.AddSeconds(40)),
        new StepStarted(A, 2, 1), new StepCompleted(A, 2, Output("a", 2)),
        new StepStarted(B, 1, 1), new StepCompleted(B, 1, Output("b", 1)), new WorkflowCompleted(Payload.Null));

    private static readonly Plan Asks = new("asks", [new Step("a", Approval: new ApprovalRequest(
        "May it?", ["ana", "ben"], TimeSpan.FromSeconds(20), Quorum: 2, OnExpiry: OnExpiry.Approve, Escalate: new Escalation(["cleo"], TimeSpan.FromSeconds(3))))]);

    private static void WatchAsking(params ReadOnlySpan<WorkflowEvent> events) => Watch(Asks, [
        Accepted with { Plan = Asks }, new StepStarted(A, 1, 1), new StepWaiting(A, new Wait(WaitKind.Approval, "May it?", Noon.AddSeconds(2), Until: Noon.AddSeconds(22))), .. events]);

    [Fact]
    public void a_good_story_of_a_quorum_passes() => WatchAsking(
        new ApprovalVoted(A, true, "ana", null), new SignalReceived("1", "x", Payload.Null), new ApprovalEscalated(A, ["cleo"], Noon.AddSeconds(22)),
        new ApprovalVoted(A, true, "cleo", null), new ApprovalDecided(A, true, "cleo", null), new StepCompleted(A, 1, Payload.Null), new WorkflowCompleted(Payload.Null));

    [Fact]
    public void a_quorum_that_one_person_makes_up_is_seen() => Breaks("I20", () => WatchAsking(new ApprovalVoted(A, true, "ana", null), new ApprovalVoted(A, true, "ana", null)));

    [Fact]
    public void a_decision_without_its_quorum_is_seen() => Breaks("I20", () => WatchAsking(new ApprovalVoted(A, true, "ana", null), new ApprovalDecided(A, true, "ana", null)));

    [Fact]
    public void a_decision_that_is_not_taken_is_seen() => Breaks("I20", () => WatchAsking(new ApprovalVoted(A, false, "ana", null)));

    [Fact]
    public void a_vote_of_somebody_who_is_not_asked_is_seen() => Breaks("I20", () => WatchAsking(new ApprovalVoted(A, true, "cleo", null)));

    [Fact]
    public void an_approval_that_escalates_or_expires_too_early_is_seen()
    {
        Breaks("I20", () => WatchAsking(new ApprovalEscalated(A, ["cleo"], Noon.AddSeconds(22))));
        Breaks("I20", () => WatchAsking(new ApprovalExpired(A, OnExpiry.Approve)));
    }

    [Fact]
    public void a_step_that_completes_unapproved_is_seen() => Breaks("I20", () => WatchAsking(new StepCompleted(A, 1, Payload.Null)));

    [Fact]
    public void a_step_that_does_not_wait_is_seen() => Breaks("I6", () => Watch(Two, Accepted, new StepStarted(B, 1, 1)));

    [Fact]
    public void a_second_outcome_is_seen() => Breaks("I3", () => Watch(
        Two, Accepted, new StepStarted(A, 1, 1), new StepCompleted(A, 1, Output("a", 1)), new StepFailed(A, Broke)));

    [Fact]
    public void another_attempts_answer_is_seen() => Breaks("I3", () => Watch(
        Two, Accepted, new StepStarted(A, 1, 1), new StepCompleted(A, 1, Output("a", 2))));

    [Fact]
    public void life_after_the_end_is_seen() => Breaks("I4", () => Watch(
        Two, Accepted, new StepStarted(A, 1, 1), new WorkflowCancelled("ana", null), new StepStarted(B, 1, 1)));

    [Fact]
    public void a_row_that_says_something_else_is_seen() => Breaks("I5", () => Watch(
        Two, row => row with { DueAt = null }, TimeSpan.FromSeconds(1), Accepted, new StepStarted(A, 1, 1)));

    [Fact]
    public void one_attempt_too_many_is_seen() => Breaks("I8", () => Watch(
        Two with { Steps = [Two.Steps[0] with { Retry = null }] },
        Accepted with { Plan = Two with { Steps = [Two.Steps[0]] } }, new StepStarted(A, 1, 1), new AttemptFailed(A, 1, Broke), new RetryScheduled(A, 2, Noon.AddSeconds(40))));

    [Fact]
    public void a_rest_that_is_too_short_is_seen() => Breaks("I8", () => Watch(
        Two, Accepted, new StepStarted(A, 1, 1), new AttemptFailed(A, 1, Broke), new RetryScheduled(A, 2, Noon.AddSeconds(12))));

    [Fact]
    public void an_attempt_before_its_time_is_seen() => Breaks("I9", () => Watch(
        Two, Accepted, new StepStarted(A, 1, 1), new AttemptFailed(A, 1, Broke), new RetryScheduled(A, 2, Noon.AddSeconds(40)), new StepStarted(A, 2, 1)));

    [Fact]
    public void a_workflow_that_nobody_will_wake_is_seen() => Breaks("I10", () => Watch(
        Two, row => row, TimeSpan.FromSeconds(1), Accepted));
}
