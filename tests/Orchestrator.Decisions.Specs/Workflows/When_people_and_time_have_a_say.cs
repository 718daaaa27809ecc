using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_people_and_time_have_a_say
{
    private static readonly Step Ask = new("ask", Approval: new ApprovalRequest("Publish?", ["ana"], TimeSpan.FromDays(2)));

    [Fact]
    public void a_sleep_ends_at_its_time_and_not_before() =>
        Of(new Step("nap", Sleep: TimeSpan.FromDays(3)), Call("a", "nap")).AndIs(WorkflowStatus.Waiting)
            .After(TimeSpan.FromDays(3) - TimeSpan.FromTicks(1)).ThenNothing()
            .After(TimeSpan.FromTicks(1)).Then(new StepCompleted(new("nap"), 1, default), new StepStarted(new("a"), 1, 1));

    [Fact]
    public void an_approval_lets_the_workflow_go_on_once() =>
        Of(Ask, Call("a", "ask")).AndIs(WorkflowStatus.Waiting)
            .When((state, context) => WorkflowDecisions.DecideApproval(state, new("ask"), true, "ana", "fine", context))
            .Then(
                new ApprovalDecided(new("ask"), true, "ana", "fine"),
                new StepCompleted(new("ask"), 1, Json("""{"approved":true,"by":"ana","reason":"fine"}""")),
                new StepStarted(new("a"), 1, 1))
            .When((state, context) => WorkflowDecisions.DecideApproval(state, new("ask"), false, "ana", null, context)).ThenRefused(RefusalCodes.ApprovalDecided);

    [Fact]
    public void a_rejection_fails_the_step() =>
        Of(Ask).When((state, context) => WorkflowDecisions.DecideApproval(state, new("ask"), false, "ana", "no", context))
            .AndTheSameAgainChangesNothing().AndIs(WorkflowStatus.Failed).State.Failure!.Code.ShouldBe(FailureCodes.ApprovalRejected);

    [Fact]
    public void only_those_named_may_decide() =>
        Of(Ask).When((state, context) => WorkflowDecisions.DecideApproval(state, new("ask"), true, "bob", null, context)).ThenRefused(RefusalCodes.ApprovalNotAllowed);

    [Fact]
    public void the_question_may_quote_what_earlier_steps_found() =>
        Of(Call("count"), new Step("ask", Approval: new ApprovalRequest("Publish ${{ steps.count.output }} pages?"), Dependencies: ["count"]))
            .Completes("count", "12").State.Steps[new("ask")].Wait!.On.ShouldBe("Publish 12 pages?");

    [Fact]
    public void an_approval_nobody_gives_expires() =>
        Of(Ask).After(TimeSpan.FromDays(2)).AndIs(WorkflowStatus.Failed).State.Failure!.Code.ShouldBe(FailureCodes.ApprovalExpired);

    [Fact]
    public void a_signal_wakes_the_step_that_waits_for_it_and_counts_once() =>
        Of(new Step("wait", Signal: "paid"), Call("a", "wait")).AndIs(WorkflowStatus.Waiting)
            .When((state, context) => WorkflowDecisions.Signal(state, new SignalReceived("1", "paid", Json("5")), context))
            .Then(new SignalReceived("1", "paid", Json("5")), new StepCompleted(new("wait"), 1, Json("5")), new StepStarted(new("a"), 1, 1));

    [Fact]
    public void a_signal_may_start_its_workflow_and_both_or_neither_happen()
    {
        var request = Request(new Plan("p", [new Step("wait", Signal: "paid"), Call("a", "wait")]));
        Nobody().When((state, context) => WorkflowDecisions.SignalWithStart(state, request, new SignalReceived("1", "paid", Json("5")), context))
            .Then(request, new SignalReceived("1", "paid", Json("5")), new StepStarted(new("wait"), 1, 1), new StepCompleted(new("wait"), 1, Json("5")), new StepStarted(new("a"), 1, 1))
            .AndReplaysTheSame()
            .When((state, context) => WorkflowDecisions.SignalWithStart(state, Request(new Plan("other", [Call("b")])), new SignalReceived("2", "paid", Json("6")), context))
            .Then(new SignalReceived("2", "paid", Json("6")))
            .Completes("a").AndIs(WorkflowStatus.Completed)
            .When((state, context) => WorkflowDecisions.SignalWithStart(state, request, new SignalReceived("3", "paid", Json("7")), context)).ThenRefused(RefusalCodes.Finished);
    }

    [Fact]
    public void a_signal_that_comes_early_is_kept_until_a_step_asks() =>
        Of(Call("a"), new Step("wait", Signal: "paid", Dependencies: ["a"]))
            .When((state, context) => WorkflowDecisions.Signal(state, new SignalReceived("1", "paid", Json("5")), context)).Then(new SignalReceived("1", "paid", Json("5")))
            .Completes("a").AndIs(WorkflowStatus.Completed).AndReplaysTheSame()
            .State.Output.ShouldBe(Json("5"));

    [Fact]
    public void a_paused_workflow_lets_what_is_out_finish_and_starts_nothing()
    {
        var story = Of(Call("a"), Call("b", "a"))
            .When((state, context) => WorkflowDecisions.Pause(state, "ana", "lunch", context)).Then(new WorkflowPaused("ana", "lunch")).AndIs(WorkflowStatus.Paused)
            .Completes("a").Then(new StepCompleted(new("a"), 1, default)).AndIs(WorkflowStatus.Paused);
        story.When((state, context) => WorkflowDecisions.Resume(state, "ana", context))
            .Then(new WorkflowResumed("ana"), new StepStarted(new("b"), 1, 1)).AndAsksFor("start b#1").AndReplaysTheSame();
    }

    [Fact]
    public void a_pause_holds_a_due_attempt_back_until_the_workflow_is_resumed()
    {
        var story = Of(Call("a") with { Retry = Linear(1, 1000) }).Fails("a")
            .When((state, context) => WorkflowDecisions.Pause(state, "ana", null, context));
        story.State.NextDue.ShouldBeNull();
        story.After(TimeSpan.FromHours(1)).ThenNothing()
            .When((state, context) => WorkflowDecisions.Resume(state, "ana", context)).AndAsksFor("start a#2").AndTheSameAgainChangesNothing();
    }

    [Fact]
    public void a_cancel_ends_it_and_takes_back_what_is_out()
    {
        Of(Call("a"), Call("b", "a"))
            .When((state, context) => WorkflowDecisions.Cancel(state, "ana", "wrong file", context))
            .Then(new StepCancelled(new("a"), "The workflow was cancelled by ana."), new WorkflowCancelled("ana", "wrong file")).AndAsksFor("cancel a#1")
            .AndIs(WorkflowStatus.Cancelled).AndReplaysTheSame()
            .Completes("a", "1").Then(new LateAnswerKept(new("a"), 1, Json("1"))).AndIs(WorkflowStatus.Cancelled);
    }

    [Fact]
    public void a_finished_workflow_refuses_every_command()
    {
        var story = Of(Call("a")).Completes("a");
        story.When((state, context) => WorkflowDecisions.Cancel(state, "ana", null, context)).ThenRefused(RefusalCodes.Finished);
        story.When((state, context) => WorkflowDecisions.Pause(state, "ana", null, context)).ThenRefused(RefusalCodes.Finished);
        story.When((state, context) => WorkflowDecisions.Resume(state, "ana", context)).ThenRefused(RefusalCodes.Finished);
        story.When((state, context) => WorkflowDecisions.RetryResting(state, [], "ana", context)).ThenRefused(RefusalCodes.Finished);
        story.When((state, context) => WorkflowDecisions.Signal(state, new SignalReceived("1", "x", default), context)).ThenRefused(RefusalCodes.Finished);
    }

    [Fact]
    public void a_retry_by_hand_ends_the_rest_and_begins_a_new_generation_with_a_new_key()
    {
        var story = Of(Call("a") with { Retry = Linear(1, 60_000) }).Fails("a")
            .When((state, context) => WorkflowDecisions.RetryResting(state, [], "ana", context))
            .Then(new StepRetriedByHand(new("a"), 1, "ana"), new StepStarted(new("a"), 1, 1, Generation: 1));
        story.Asked.OfType<WorkflowEffect.StartAttempt>().Single().IdempotencyKey.ShouldBe("w:a:1");
        story.Completes("a", "1", attempt: 1, generation: 0).Then(new LateAnswerKept(new("a"), 1, Json("1")));
        story.Completes("a", "2", attempt: 1, generation: 1).AndIs(WorkflowStatus.Completed);
    }

    [Fact]
    public void a_signal_that_comes_after_something_else_runs_in_the_steps_place_decides_nothing() =>
        Of(new Step("go", Signal: "go", Timeout: TimeSpan.FromSeconds(5), OnFailure: OnFailure.Fallback, Fallback: new StepFallback("agent", "instead")))
            .After(TimeSpan.FromSeconds(5)).AndAsksFor("start go/~instead/go#1")
            .When((state, context) => WorkflowDecisions.Signal(state, new SignalReceived("1", "go", Json("{}")), context))
            .Then(new SignalReceived("1", "go", Json("{}")))
            .Completes("go/~instead/go", "7").AndIs(WorkflowStatus.Completed).AndReplaysTheSame()
            .State.Output.ShouldBe(Json("7"));

    [Fact]
    public void a_rejected_approval_whose_fallback_runs_cannot_expire_any_more() =>
        Of(new Step("ok", Approval: new ApprovalRequest("?", Expires: TimeSpan.FromSeconds(5)), OnFailure: OnFailure.Fallback, Fallback: new StepFallback("agent", "instead")))
            .When((state, context) => WorkflowDecisions.DecideApproval(state, new("ok"), false, "ann", null, context)).AndAsksFor("start ok/~instead/ok#1")
            .After(TimeSpan.FromSeconds(6)).ThenNothing()
            .Completes("ok/~instead/ok", "7").AndIs(WorkflowStatus.Completed).AndReplaysTheSame();
}
