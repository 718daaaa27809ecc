using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Crashes;

/// <summary>At whatever turn the process dies: a person's word is counted once, and time decides once.</summary>
public sealed class When_silos_crash_around_decisions
{
    public static TheoryData<int> Turns => [.. Enumerable.Range(0, 30)];

    [Theory]
    [MemberData(nameof(Turns))]
    public void each_word_of_a_quorum_counts_once(int turns)
    {
        using var world = new CrashWorld((ulong)turns);
        world.Start("w", new Step("ask", Approval: new ApprovalRequest("May it?", ["ana", "ben"], Quorum: 2)));
        var (ana, ben) = (Decide(world, "ana"), Decide(world, "ben"));
        world.CrashAfter(turns);
        world.Pass(90);

        (ana.IsCompletedSuccessfully, ben.IsCompletedSuccessfully, world.StatusOf()).ShouldBe((true, true, WorkflowStatus.Completed));
        world.Happened<ApprovalVoted>().Select(vote => vote.By).ShouldBe(["ana", "ben"], ignoreOrder: true);
        world.Happened<ApprovalDecided>().Count().ShouldBe(1);
        world.Happened<StepCompleted>().Count().ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Turns))]
    public void others_are_asked_once_and_nobody_is_waited_for_twice_as_long(int turns)
    {
        using var world = new CrashWorld((ulong)turns);
        world.Start("w", new Step("ask", Approval: new ApprovalRequest(
            "May it?", ["ana"], Expires: TimeSpan.FromSeconds(60), OnExpiry: OnExpiry.Escalate, Escalate: new Escalation(["boss"]))));
        var asked = world.Happened<StepWaiting>().Single().Wait.Since;
        world.Pass(59.9);
        world.CrashAfter(turns);
        world.Pass(59);
        world.StatusOf().ShouldBe(WorkflowStatus.Waiting);
        var until = world.Happened<ApprovalEscalated>().Single().Until.ShouldNotBeNull();
        (until - asked).ShouldBeInRange(TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(125));
        world.CrashAfter(turns);
        world.Pass(10);

        world.Happened<ApprovalEscalated>().Count().ShouldBe(1);
        world.Happened<ApprovalExpired>().Count().ShouldBe(1);
        world.StatusOf().ShouldBe(WorkflowStatus.Failed);
    }

    private static Task Decide(CrashWorld world, string by) =>
        world.Say(() => world.Grains.Workflow(new WorkflowId("w")).DecideApprovalAsync(new DecideApproval(new StepPath("ask"), Approved: true, by)));
}
