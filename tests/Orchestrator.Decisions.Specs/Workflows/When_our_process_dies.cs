using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_our_process_dies
{
    [Fact]
    public void the_attempt_it_interrupted_is_made_again_under_the_same_number_and_key()
    {
        var story = Of(Call("a"));
        var key = story.Asked.OfType<WorkflowEffect.StartAttempt>().Single().IdempotencyKey;
        story.AfterACrash().Then(new StepRepeated(new("a"), 1, 2, 1)).AndAsksFor("start a#1");
        story.Asked.OfType<WorkflowEffect.StartAttempt>().Single().IdempotencyKey.ShouldBe(key);
        story.Completes("a", "1").AndIs(WorkflowStatus.Completed);
    }

    [Fact]
    public void completed_steps_are_not_called_again() =>
        Of(Call("a"), Call("b", "a")).Completes("a").AfterACrash().AndAsksFor("start b#1");

    [Fact]
    public void no_attempt_is_used_up_however_the_step_is_retried() =>
        Of(Call("a")).AfterACrash().AfterACrash().AfterACrash().AndAsksFor("start a#1").Completes("a").AndIs(WorkflowStatus.Completed);

    [Fact]
    public void after_five_crashes_in_a_row_the_step_is_quarantined()
    {
        var story = Of(Call("a"));
        for (var crash = 1; crash <= 4; crash++)
        {
            story.AfterACrash().AndAsksFor("start a#1");
        }

        story.AfterACrash().AndIs(WorkflowStatus.Failed);
        story.State.Failure!.Code.ShouldBe(FailureCodes.Quarantined);
        DeadLetters.In(story.State, [.. story.Journal]).Single().Quarantined.ShouldBeTrue();
    }

    [Fact]
    public void a_step_that_must_not_be_repeated_blindly_fails_instead() =>
        Of(Call("a") with { OnUnknown = OnUnknown.Fail, Retry = Linear(3, 1) }).AfterACrash()
            .AndIs(WorkflowStatus.Failed).State.Failure!.Code.ShouldBe(FailureCodes.OutcomeUnknown);

    [Fact]
    public void a_workflow_that_moved_between_living_processes_has_seen_no_crash() =>
        Of(Call("a") with { OnUnknown = OnUnknown.Fail })
            .When((state, context) => WorkflowDecisions.TakeOver(state, context with { Epoch = 2 }, _ => ProcessFate.Running))
            .ThenNothing().AndAsksFor("start a#1");

    [Fact]
    public void a_process_that_left_in_good_order_is_no_crash_however_often_that_happens()
    {
        var story = Of(Call("a"));
        var key = story.Asked.OfType<WorkflowEffect.StartAttempt>().Single().IdempotencyKey;
        for (var upgrade = 2; upgrade <= 20; upgrade++)
        {
            story.AfterLeaving().Then(new StepRepeated(new("a"), 1, upgrade, Crashes: 0)).AndAsksFor("start a#1");
            story.Asked.OfType<WorkflowEffect.StartAttempt>().Single().IdempotencyKey.ShouldBe(key);
        }

        story.AfterACrash().Then(new StepRepeated(new("a"), 1, 21, Crashes: 1));
        story.AfterLeaving().Then(new StepRepeated(new("a"), 1, 22, Crashes: 1));
    }

    [Fact]
    public void what_a_process_that_left_had_called_is_as_unknown_as_after_a_crash()
    {
        Of(Call("a") with { OnUnknown = OnUnknown.Fail }).AfterLeaving().AndIs(WorkflowStatus.Failed).State.Failure!.Code.ShouldBe(FailureCodes.OutcomeUnknown);
        Of(Call("a") with { OnUnknown = OnUnknown.Reconcile }).AfterLeaving().Asked.OfType<WorkflowEffect.StartAttempt>().Single().AskFirst.ShouldBeTrue();
    }

    [Fact]
    public void an_activation_that_learns_of_the_end_later_repeats_only_what_the_ended_process_owed()
    {
        var story = Of(Call("a"), Call("b") with { Retry = Linear(3, 1) });
        story.When((state, context) => WorkflowDecisions.Inherit(state, context with { Epoch = 2 }, _ => ProcessFate.Running)).ThenNothing().AndAsksFor();
        story.Fails("b").When((state, context) => WorkflowDecisions.Wake(state, context with { Epoch = 2, Now = context.Now.AddSeconds(1) })).AndAsksFor("start b#2");
        story.When((state, context) => WorkflowDecisions.Inherit(
            state, context with { Epoch = 2 }, owner => owner == 1 ? ProcessFate.Lost : ProcessFate.Running)).AndAsksFor("start a#1");
    }

    [Fact]
    public void an_attempt_is_wanted_as_long_as_it_is_owed_to_whoever_asked_for_it_last()
    {
        var story = Of(Call("a"));
        Wants(1, epoch: 1).ShouldBeTrue();
        Wants(2, epoch: 1).ShouldBeFalse();

        // Another process has taken it over, and has told somebody else to make it.
        story.AfterACrash();
        Wants(1, epoch: 1).ShouldBeFalse();
        Wants(1, epoch: 2).ShouldBeTrue();

        story.Completes("a");
        Wants(1, epoch: 2).ShouldBeFalse();
        WorkflowDecisions.Wants(new WorkflowState(story.State.Id), new("a"), 0, 1, 1).ShouldBeFalse();

        bool Wants(int attempt, long epoch) => WorkflowDecisions.Wants(story.State, new("a"), generation: 0, attempt, epoch);
    }

    [Fact]
    public void while_a_call_is_out_its_row_says_when_to_look_after_it_whatever_it_waits_for()
    {
        var check = Noon + WorkflowPolicy.Default.CallsCheckedAfter!.Value;
        var story = Of(Call("a"));
        Row().DueAt.ShouldBe(check);
        story.When((state, context) => WorkflowDecisions.HoldAttempt(state, new("a"), 0, 1, new Wait(WaitKind.Capacity, "agent", Noon), context));
        story.State.NextDue.ShouldBeNull();
        Row().DueAt.ShouldBe(check);
        story.Completes("a");
        Row().DueAt.ShouldBeNull();

        WorkflowSummary Row() => WorkflowSummaries.Of(story.State, 1, WorkflowPolicy.Default);
    }

    [Fact]
    public void a_step_that_reconciles_has_its_agent_asked_before_it_is_called_again()
    {
        var story = Of(Call("a") with { OnUnknown = OnUnknown.Reconcile });
        story.Asked.OfType<WorkflowEffect.StartAttempt>().Single().AskFirst.ShouldBeFalse();
        story.AfterACrash().AndAsksFor("start a#1").Asked.OfType<WorkflowEffect.StartAttempt>().Single().AskFirst.ShouldBeTrue();
    }

    [Fact]
    public void in_the_same_process_what_is_owed_is_asked_for_again_and_nothing_happens() =>
        Of(Call("a")).When(WorkflowDecisions.TakeOver).ThenNothing().AndAsksFor("start a#1");
}
