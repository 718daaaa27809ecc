using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_an_attempt_fails
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly Step Patient = Call("a") with { Retry = Linear(3, 1000) };

    [Fact]
    public void it_is_tried_again_after_the_pause() =>
        Of(Patient)
            .Fails("a").Then(new AttemptFailed(new("a"), 1, Broken()), new RetryScheduled(new("a"), 2, Noon.AddSeconds(1)))
            .AndIs(WorkflowStatus.Waiting)
            .After(TimeSpan.FromSeconds(1)).Then(new StepStarted(new("a"), 2, 1)).AndAsksFor("start a#2");

    [Fact]
    public void never_a_tick_too_early() =>
        Of(Patient).Fails("a").After(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1)).ThenNothing();

    [Fact]
    public void a_late_report_of_an_earlier_attempt_changes_nothing() =>
        Of(Patient).Fails("a").After(TimeSpan.FromSeconds(1)).Fails("a", attempt: 1).ThenNothing();

    [Fact]
    public void three_retries_are_four_attempts_with_pauses_of_one_two_and_three_seconds()
    {
        var story = Of(Patient);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            story.Fails("a", attempt: attempt).AndTheSameAgainChangesNothing();
            story.State.NextDue.ShouldBe(story.Now.AddSeconds(attempt));
            story.After(TimeSpan.FromSeconds(attempt)).AndAsksFor($"start a#{attempt + 1}");
        }

        story.Fails("a", attempt: 4).Then(
            new AttemptFailed(new("a"), 4, Broken()), new StepFailed(new("a"), Broken()), new WorkflowFailed(Broken()))
            .AndReplaysTheSame();
    }

    [Fact]
    public void once_no_attempt_is_left_the_step_is_a_dead_letter()
    {
        var story = Of(Call("a") with { Retry = Linear(1, 1000) }).Fails("a");
        DeadLetters.In(story.State, [.. story.Journal]).ShouldBeEmpty();
        story.After(TimeSpan.FromSeconds(1)).Fails("a", attempt: 2);
        var letter = DeadLetters.In(story.State, [.. story.Journal]).Single();
        (letter.Step, letter.Attempts, letter.Failure, letter.Quarantined).ShouldBe((new StepPath("a"), 2, Broken(), false));
    }

    [Fact]
    public void a_failure_that_is_not_retryable_ends_the_step_at_once() =>
        Of(Patient).Fails("a", Broken(retryable: false)).AndIs(WorkflowStatus.Failed);

    [Fact]
    public void a_code_the_plan_calls_hopeless_ends_the_step_at_once() =>
        Of(Call("a") with { Retry = Linear(3, 1000) with { NonRetryable = ["invalid_input"] } })
            .Fails("a", Broken("invalid_input")).AndIs(WorkflowStatus.Failed);

    [Fact]
    public void a_step_without_a_policy_is_tried_once() => Of(Call("a")).Fails("a").AndIs(WorkflowStatus.Failed);

    [Fact]
    public void the_agents_own_wish_for_a_longer_pause_is_kept() =>
        Of(Patient).Fails("a", Broken(retryAfter: TimeSpan.FromSeconds(30))).State.NextDue.ShouldBe(Noon.AddSeconds(30));

    [Fact]
    public void an_attempt_whose_time_is_over_may_still_report_within_the_grace() =>
        Of(Patient with { Timeout = Timeout }).After(Timeout + WorkflowPolicy.Default.ReportGrace - TimeSpan.FromSeconds(1)).ThenNothing()
            .Fails("a", Broken(FailureCodes.AgentTimedOut)).AndIs(WorkflowStatus.Waiting);

    [Fact]
    public void an_attempt_nobody_reports_is_given_up_and_its_answer_is_kept_as_late() =>
        Of(Patient with { Timeout = Timeout })
            .After(Timeout + WorkflowPolicy.Default.ReportGrace).AndAsksFor("cancel a#1").AndTheSameAgainChangesNothing()
            .Completes("a", "1", attempt: 1).Then(new LateAnswerKept(new("a"), 1, Json("1")))
            .After(TimeSpan.FromSeconds(1)).Then(new StepStarted(new("a"), 2, 1))
            .Completes("a", "2", attempt: 2).AndIs(WorkflowStatus.Completed)
            .State.Output.ShouldBe(Json("2"));

    [Fact]
    public void a_step_whose_last_attempt_timed_out_has_timed_out()
    {
        var story = Of(Call("a") with { Timeout = Timeout }).After(Timeout + WorkflowPolicy.Default.ReportGrace);
        story.State.Steps[new("a")].Status.ShouldBe(StepStatus.TimedOut);
        story.State.Failure!.Message.ShouldContain("timed out");
    }

    [Fact]
    public void the_timeout_does_not_count_while_the_attempt_waits_for_room() =>
        Of(Call("a") with { Timeout = Timeout })
            .When((state, context) => WorkflowDecisions.HoldAttempt(state, new("a"), 0, 1, new Wait(WaitKind.Capacity, "agent", Noon, 3), context))
            .Then(new StepWaiting(new("a"), new Wait(WaitKind.Capacity, "agent", Noon, 3)))
            .AndIs(WorkflowStatus.Waiting)
            .After(TimeSpan.FromHours(1)).ThenNothing()
            .When((state, context) => WorkflowDecisions.ProceedWithAttempt(state, new("a"), 0, 1, context)).Then(new StepWaitEnded(new("a")))
            .AndIs(WorkflowStatus.Running)
            .State.NextDue.ShouldBe(Noon.AddHours(1) + Timeout + WorkflowPolicy.Default.ReportGrace);

    [Fact]
    public void a_failure_one_may_go_on_after_leaves_null_behind() =>
        Of(Call("a") with { OnFailure = OnFailure.Continue }, Call("b", "a") with { Input = Json("\"${{ steps.a.output }}\"") })
            .Fails("a").AndAsksFor("start b#1")
            .Completes("b", "1").AndIs(WorkflowStatus.Completed);

    [Fact]
    public void another_agent_may_do_the_step_instead()
    {
        var story = Of(Call("a") with { OnFailure = OnFailure.Fallback, Fallback = new StepFallback("other"), Input = Json("""{"x":1}""") }, Call("b", "a"))
            .Fails("a").AndAsksFor("start a/~instead/a#1");
        story.InputAskedFor("a/~instead/a").ShouldBe(Json("""{"x":1}"""));
        story.Completes("a/~instead/a", "7").AndAsksFor("start b#1").AndReplaysTheSame();
        story.State.Steps[new("a")].Output.ShouldBe(Json("7"));
    }

    [Fact]
    public void when_what_runs_instead_fails_too_the_plan_fails() =>
        Of(Call("a") with { OnFailure = OnFailure.Fallback, Fallback = new StepFallback("other") })
            .Fails("a").Fails("a/~instead/a").AndIs(WorkflowStatus.Failed).AndReplaysTheSame();

    [Fact]
    public void what_else_was_out_is_taken_back_and_what_had_not_begun_never_begins()
    {
        var story = Of(Call("a"), Call("b"), Call("c", "b"))
            .Fails("a").AndAsksFor("cancel b#1").AndIs(WorkflowStatus.Failed).AndReplaysTheSame();
        story.State.Steps[new("b")].Status.ShouldBe(StepStatus.Cancelled);
        story.State.Steps[new("c")].Status.ShouldBe(StepStatus.Cancelled);
    }
}
