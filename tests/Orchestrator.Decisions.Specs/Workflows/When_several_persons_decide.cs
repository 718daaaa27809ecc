using System.Collections.Immutable;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_several_persons_decide
{
    private static readonly ApprovalRequest TwoOfThree = new("Publish?", ["ana", "ben", "cyn"], TimeSpan.FromDays(2), Quorum: 2);

    [Fact]
    public void it_goes_on_when_enough_have_approved() =>
        Asking(TwoOfThree)
            .When(Vote("ana", true, "fine")).Then(new ApprovalVoted(new("ask"), true, "ana", "fine")).AndIs(WorkflowStatus.Waiting)
            .When(Vote("cyn", true))
            .Then(
                new ApprovalVoted(new("ask"), true, "cyn", null),
                new ApprovalDecided(new("ask"), true, "cyn", null),
                new StepCompleted(new("ask"), 1, Json(
                    """{"approved":true,"by":"cyn","reason":null,"votes":[{"by":"ana","approved":true,"reason":"fine"},{"by":"cyn","approved":true,"reason":null}]}""")),
                new StepStarted(new("a"), 1, 1))
            .AndReplaysTheSame()
            .When(Vote("ben", true)).ThenNothing()
            .When(Vote("ben", false)).ThenRefused(RefusalCodes.ApprovalDecided);

    [Fact]
    public void one_person_has_one_vote()
    {
        var story = Asking(TwoOfThree).When(Vote("ana", true)).When(Vote("ana", true, "again")).ThenNothing().When(Vote("ana", false)).ThenRefused(RefusalCodes.ApprovalDecided);
        story.AndIs(WorkflowStatus.Waiting).State.Step(new("ask")).Approval!.Votes.Length.ShouldBe(1);
        story.When(Vote("dan", true)).ThenRefused(RefusalCodes.ApprovalNotAllowed);
    }

    [Fact]
    public void any_rejection_rejects_unless_the_plan_asks_for_more() =>
        Asking(TwoOfThree).When(Vote("ana", true)).When(Vote("ben", false, "no"))
            .AndIs(WorkflowStatus.Failed).AndReplaysTheSame().State.Failure!.Message.ShouldBe("ben rejected 'ask': no");

    [Fact]
    public void as_many_reject_as_the_plan_says()
    {
        var story = Asking(TwoOfThree with { Rejections = 2 }).When(Vote("ana", false)).Then(new ApprovalVoted(new("ask"), false, "ana", null)).AndIs(WorkflowStatus.Waiting);
        story.When(Vote("ben", false)).AndIs(WorkflowStatus.Failed);
    }

    [Fact]
    public void it_is_rejected_when_those_left_are_too_few_for_the_quorum() =>
        Asking(TwoOfThree with { Quorum = 3, Rejections = 3 }).When(Vote("ana", false)).AndIs(WorkflowStatus.Failed);

    [Fact]
    public void those_asked_later_may_still_reach_the_quorum()
    {
        var story = Asking(new ApprovalRequest("?", ["ana", "ben"], Quorum: 2, Rejections: 2, Escalate: new Escalation(["cyn"], TimeSpan.FromHours(1))))
            .When(Vote("ana", false)).AndIs(WorkflowStatus.Waiting)
            .When(Vote("cyn", true)).ThenRefused(RefusalCodes.ApprovalNotAllowed)
            .After(TimeSpan.FromHours(1)).Then(new ApprovalEscalated(new("ask"), ["cyn"]));
        story.When(Vote("cyn", true)).When(Vote("ben", true)).AndAsksFor("start a#1").AndReplaysTheSame();
    }

    [Fact]
    public void others_are_asked_after_a_time_and_the_expiry_stays()
    {
        var story = Asking(TwoOfThree with { Escalate = new Escalation(["boss"], TimeSpan.FromHours(4)) });
        story.State.NextDue.ShouldBe(Noon.AddHours(4));
        story.After(TimeSpan.FromHours(4)).Then(new ApprovalEscalated(new("ask"), ["boss"], Noon.AddDays(2))).AndIs(WorkflowStatus.Waiting).AndReplaysTheSame()
            .State.NextDue.ShouldBe(Noon.AddDays(2));
        story.After(TimeSpan.FromDays(2)).AndIs(WorkflowStatus.Failed).State.Failure!.Code.ShouldBe(FailureCodes.ApprovalExpired);
    }

    [Fact]
    public void on_expiry_others_may_have_as_long_again_and_then_it_fails()
    {
        var asked = new ApprovalRequest("?", ["ana"], TimeSpan.FromHours(1), OnExpiry: OnExpiry.Escalate, Escalate: new Escalation(["boss"]));
        var story = Asking(asked).After(TimeSpan.FromHours(3)).Then(new ApprovalEscalated(new("ask"), ["boss"], Noon.AddHours(4)));
        story.State.Step(new("ask")).Wait!.Until.ShouldBe(Noon.AddHours(4));
        story.After(TimeSpan.FromHours(1)).AndIs(WorkflowStatus.Failed).AndReplaysTheSame();
        Asking(asked).After(TimeSpan.FromHours(1)).When(Vote("boss", true)).AndAsksFor("start a#1");
    }

    [Theory]
    [InlineData(OnExpiry.Fail, WorkflowStatus.Failed, FailureCodes.ApprovalExpired, ApprovalStatus.Expired)]
    [InlineData(OnExpiry.Reject, WorkflowStatus.Failed, FailureCodes.ApprovalRejected, ApprovalStatus.Rejected)]
    [InlineData(OnExpiry.Approve, WorkflowStatus.Running, null, ApprovalStatus.Approved)]
    public void what_its_expiry_makes_of_it_is_said_by_the_plan(OnExpiry then, WorkflowStatus status, string? failure, ApprovalStatus becomes)
    {
        var story = Asking(TwoOfThree with { OnExpiry = then }).When(Vote("ana", true)).After(TimeSpan.FromDays(2)).AndIs(status).AndReplaysTheSame();
        story.AndTheSameAgainChangesNothing();
        story.State.Failure?.Code.ShouldBe(failure);
        var row = Approvals.All(story.State).ShouldHaveSingleItem();
        (row.Status, row.Expired, row.EndedAt, row.Votes.Length).ShouldBe((becomes, true, Noon.AddDays(2), 1));
        if (then == OnExpiry.Approve)
        {
            story.State.Step(new("ask")).Output.ShouldBe(Json("""{"approved":true,"by":null,"reason":null,"expired":true}"""));
            story.When(Vote("ben", false)).ThenRefused(RefusalCodes.ApprovalDecided);
        }
    }

    [Fact]
    public void the_inbox_has_a_row_for_each_question_as_it_stands()
    {
        var story = Asking(TwoOfThree);
        Row(story, 0).ShouldBe("waiting ended=False votes= approvers=ana,ben,cyn until=2026-01-03");
        var before = story.Journal.Count;
        story.When(Vote("ana", true));
        Row(story, before).ShouldBe("waiting ended=False votes=ana+ approvers=ana,ben,cyn until=2026-01-03");
        before = story.Journal.Count;
        story.When(Vote("ben", true)).AndAsksFor("start a#1");
        Row(story, before).ShouldBe("approved ended=True votes=ana+,ben+ approvers=ana,ben,cyn until=2026-01-03");
    }

    [Fact]
    public void what_is_cancelled_is_asked_no_more_and_leaves_the_inbox()
    {
        var story = Asking(TwoOfThree);
        var before = story.Journal.Count;
        story.When((state, context) => WorkflowDecisions.Cancel(state, "ana", null, context));
        Row(story, before).ShouldStartWith("withdrawn ended=True");
    }

    [Fact]
    public void one_that_something_else_replaces_leaves_the_inbox_as_expired()
    {
        var story = Of(new Step("ask", Approval: TwoOfThree, OnFailure: OnFailure.Fallback, Fallback: new StepFallback("agent", "instead")));
        var before = story.Journal.Count;
        story.After(TimeSpan.FromDays(2)).AndAsksFor("start ask/~instead/ask#1").AndReplaysTheSame();
        Row(story, before).ShouldStartWith("expired ended=True");
    }

    [Fact]
    public void who_only_says_who_they_are_is_remembered_as_such()
    {
        var story = Asking(new ApprovalRequest("?")).When((state, context) => WorkflowDecisions.DecideApproval(state, new("ask"), true, "ana", null, context, claimed: true));
        Approvals.All(story.State).Single().Votes.ShouldBe([new ApprovalVote("ana", true, null, Noon, Claimed: true)]);
    }

    private static Story Asking(ApprovalRequest asked) => Of(new Step("ask", Approval: asked), Call("a", "ask"));

    private static Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> Vote(string by, bool approved, string? reason = null) =>
        (state, context) => WorkflowDecisions.DecideApproval(state, new("ask"), approved, by, reason, context);

    private static string Row(Story story, int after)
    {
        var row = Approvals.In(story.State, [.. story.Journal.Skip(after)]).ShouldHaveSingleItem();
        var votes = string.Join(',', row.Votes.Select(vote => vote.By + (vote.Approved ? "+" : "-")));
        return $"{row.Status.ToString().ToLowerInvariant()} ended={row.EndedAt is not null} votes={votes} approvers={string.Join(',', row.Approvers)} until={row.Until:yyyy-MM-dd}";
    }
}
