using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_an_agent_answers_later
{
    private static readonly StepPath A = new("a");
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Deadline = Noon + Timeout;
    private static readonly Completion Done = new(Json("""{"pages":12}"""), null, "f1");
    private static readonly Completion Otherwise = new(Json("""{"pages":13}"""), null, "f2");
    private static readonly Completion Broke = new(default, Broken("agent.broke"), "f3");

    [Fact]
    public void the_attempt_stays_running_and_the_wait_is_a_record_of_its_workflow()
    {
        var story = Deferred().Then(new AttemptDeferred(A, 1, "agent", Deadline)).AndIs(WorkflowStatus.Running).AndReplaysTheSame();
        var step = story.State.Step(A);
        (step.Status, step.CallOut, step.Due).ShouldBe((StepStatus.Running, false, Deadline));
        step.Wait.ShouldBe(new Wait(WaitKind.Completion, "agent", Noon, null, Deadline));
        (story.State.CallsOut, story.State.CallsDeferred, story.State.NextDue).ShouldBe((0, 1, Deadline));
        Explanations.Of(story.State, Noon)!.Waits[0].Sentence.ShouldBe(
            "Agent 'agent' has taken step 'a' on and answers later; it is waited for until 2026-01-01T12:01:00Z (60 s from now).");
    }

    [Fact]
    public void nobody_repeats_its_call_when_our_process_dies() => Deferred().AfterACrash().ThenNothing().AndAsksFor();

    [Fact]
    public void its_completion_completes_the_step() =>
        Deferred().When(Take(Done)).Then(new StepCompleted(A, 1, Done.Output, Completion: "f1"), new StepStarted(new("b"), 1, 1)).AndAsksFor("start b#1").AndReplaysTheSame();

    [Fact]
    public void a_failure_by_completion_is_tried_again_as_any_other() =>
        Deferred().When(Take(Broke))
            .Then(new AttemptFailed(A, 1, Broke.Failure!, Completion: "f3"), new RetryScheduled(A, 2, Noon.AddSeconds(1)))
            .AndReplaysTheSame();

    [Fact]
    public void the_first_completion_decides_and_another_is_refused_even_when_later_attempts_have_begun()
    {
        Deferred().When(Take(Done)).When(Take(Otherwise)).ThenRefused(RefusalCodes.CompletionDiffers);
        Deferred().When(Take(Done)).When(Take(Broke)).ThenRefused(RefusalCodes.CompletionDiffers);
        var story = Deferred().When(Take(Broke)).After(TimeSpan.FromSeconds(1));
        story.State.Step(A).Attempt.ShouldBe(2);
        story.When(Take(Broke)).ThenNothing();
        story.When(Take(Done)).ThenRefused(RefusalCodes.CompletionDiffers);
    }

    [Fact]
    public void a_completion_that_overtakes_the_report_of_its_202_decides_and_the_report_is_an_echo() =>
        Begun().When(Take(Done)).Then(new StepCompleted(A, 1, Done.Output, Completion: "f1"), new StepStarted(new("b"), 1, 1)).AndAsksFor("cancel a#1", "start b#1")
            .When(Defer()).ThenNothing();

    [Fact]
    public void an_output_that_the_call_had_brought_may_be_said_once_more() =>
        Begun().Completes("a", """{"pages":12}""").When(Take(Done)).ThenNothing()
            .When(Take(Otherwise)).ThenRefused(RefusalCodes.CompletionDiffers);

    [Fact]
    public void without_a_word_until_the_deadline_the_attempt_times_out_and_is_tried_again()
    {
        Deferred().After(Timeout - TimeSpan.FromTicks(1)).ThenNothing();
        Deferred().After(Timeout).Then(new AttemptFailed(A, 1, Silent), new RetryScheduled(A, 2, Deadline.AddSeconds(1))).AndAsksFor().AndReplaysTheSame();
    }

    [Fact]
    public void what_comes_after_the_deadline_is_refused_and_an_output_kept_as_late()
    {
        var story = Deferred().After(Timeout).When(Take(Done));
        story.Then(new LateAnswerKept(A, 1, Done.Output));
        story.When(Take(Done)).ThenRefused(RefusalCodes.CompletionGone);
        story.When(Beat(0.5)).ThenRefused(RefusalCodes.CompletionGone);
        story.AndReplaysTheSame();
    }

    [Fact]
    public void the_deadline_is_the_deadline_also_for_who_comes_before_the_clock()
    {
        var story = Deferred().Passes(Timeout).When(Take(Done))
            .Then(new AttemptFailed(A, 1, Silent), new RetryScheduled(A, 2, Deadline.AddSeconds(1)), new LateAnswerKept(A, 1, Done.Output));
        story.When(Take(Done)).ThenRefused(RefusalCodes.CompletionGone);
        Deferred().Passes(Timeout).When(Beat(0.5)).Then(new AttemptFailed(A, 1, Silent), new RetryScheduled(A, 2, Deadline.AddSeconds(1)));
    }

    [Fact]
    public void a_heartbeat_moves_the_deadline_and_shows_progress()
    {
        var story = Deferred().After(TimeSpan.FromSeconds(40)).When(Beat(0.4, "page 12"))
            .Then(new HeartbeatReceived(A, 1, Noon.AddSeconds(100), 0.4, "page 12"))
            .AndReplaysTheSame();
        story.State.Step(A).Deferral.ShouldBe(new Deferral("agent", Noon, Noon.AddSeconds(100), Noon.AddSeconds(40), 0.4, "page 12"));
        Explanations.Of(story.State, story.Now)!.Waits[0].Sentence.ShouldEndWith("(60 s from now), 40 % done: page 12.");
        story.After(TimeSpan.FromSeconds(30)).ThenNothing();
        story.When(Beat(null)).Then(new HeartbeatReceived(A, 1, Noon.AddSeconds(130)));
        story.State.Step(A).Deferral!.Progress.ShouldBe(0.4, "a heartbeat that says nothing takes nothing back");
    }

    [Fact]
    public void heartbeats_that_crowd_add_nothing()
    {
        var story = Deferred().When(Beat(0.1));
        story.After(TimeSpan.FromSeconds(4.9)).When(Beat(0.2)).ThenNothing();
        story.After(TimeSpan.FromSeconds(0.1)).When(Beat(0.3)).Then(new HeartbeatReceived(A, 1, Noon.AddSeconds(65), 0.3));
    }

    [Fact]
    public void a_heartbeat_never_shortens_what_was_granted_and_before_the_202_is_known_it_changes_nothing()
    {
        Begun().When(Beat(0.1)).ThenNothing();
        var granted = Begun().When((state, context) => WorkflowDecisions.DeferAttempt(state, A, 0, 1, "agent", Deadline.AddHours(1), context));
        granted.When(Beat(0.1)).Then(new HeartbeatReceived(A, 1, Deadline.AddHours(1), 0.1));
    }

    [Fact]
    public void a_cancelled_workflow_waits_for_nobody()
    {
        var story = Deferred().When((state, context) => WorkflowDecisions.Cancel(state, "ada", null, context));
        story.AndAsksFor().AndIs(WorkflowStatus.Cancelled);
        story.State.CallsDeferred.ShouldBe(0);
        story.When(Beat(0.5)).ThenRefused(RefusalCodes.CompletionGone);
        story.When(Take(Broke)).ThenRefused(RefusalCodes.CompletionGone);
        story.When(Take(Done)).Then(new LateAnswerKept(A, 1, Done.Output)).AndIs(WorkflowStatus.Cancelled);
    }

    [Fact]
    public void a_paused_workflow_takes_the_answer_and_begins_nothing() =>
        Deferred().When((state, context) => WorkflowDecisions.Pause(state, "ada", null, context))
            .When(Take(Done)).Then(new StepCompleted(A, 1, Done.Output, Completion: "f1")).AndIs(WorkflowStatus.Paused);

    [Fact]
    public void nothing_is_believed_of_an_attempt_that_never_was()
    {
        var story = Deferred();
        story.When((state, context) => WorkflowDecisions.TakeCompletion(state, A, 0, 2, Done, context)).ThenRefused(RefusalCodes.CompletionGone);
        story.When((state, context) => WorkflowDecisions.TakeCompletion(state, A, 1, 1, Done, context)).ThenRefused(RefusalCodes.CompletionGone);
        story.When((state, context) => WorkflowDecisions.TakeCompletion(state, new("zz"), 0, 1, Done, context)).ThenRefused(RefusalCodes.CompletionGone);
    }

    [Fact]
    public void a_call_that_was_made_twice_across_a_crash_may_bring_the_output_itself() =>
        Deferred().Completes("a", "1").Then(new StepCompleted(A, 1, Json("1")), new StepStarted(new("b"), 1, 1));

    [Fact]
    public void a_call_that_was_made_twice_and_failed_once_leaves_the_other_to_its_agent() => Deferred().Fails("a").ThenNothing();

    private static StepFailure Silent => new(FailureCodes.StepTimedOut, "Agent 'agent' took attempt 1 of step 'a' on and was not heard of in time.", Retryable: true);

    private static Story Begun() => Of(Call("a") with { Timeout = Timeout, Retry = Linear(2, 1_000) }, Call("b", "a"));

    private static Story Deferred() => Begun().When(Defer());

    private static Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> Defer() =>
        (state, context) => WorkflowDecisions.DeferAttempt(state, A, 0, 1, "agent", Deadline, context);

    private static Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> Take(Completion completion) =>
        (state, context) => WorkflowDecisions.TakeCompletion(state, A, 0, 1, completion, context);

    private static Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> Beat(double? progress, string? note = null) =>
        (state, context) => WorkflowDecisions.TakeHeartbeat(state, A, 0, 1, new Heartbeat(progress, note), context);
}
