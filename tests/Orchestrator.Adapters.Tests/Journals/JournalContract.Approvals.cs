using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Journals;

public abstract partial class JournalContract
{
    [StoreFact]
    public async Task an_approval_is_kept_with_the_append_that_asks_and_changed_with_the_one_that_decides()
    {
        var asked = await Kept(Asks(1, Question(1) with { Prompt = "Naïve <b> 中 \0 '?'", Approvers = ["ana", "o'neil"] }));
        ShouldBe(await Index.FindApprovalAsync(Id(1), Fetch, None), asked.Approvals[0]);

        var decided = asked.Approvals[0] with
        {
            Status = ApprovalStatus.Approved,
            Votes = [new ApprovalVote("ana", true, "read \"it\"", Noon.AddTicks(7), Claimed: true)],
            EndedAt = Noon.AddTicks(7),
        };
        await Kept(Start(asked) with { Approvals = [decided] });

        ShouldBe(await Index.FindApprovalAsync(Id(1), Fetch, None), decided);
        (await Index.FindApprovalAsync(Id(1), new StepPath("other"), None)).ShouldBeNull();
        (await Index.FindApprovalAsync(Id(2), Fetch, None)).ShouldBeNull();
    }

    [StoreFact]
    public async Task an_append_that_conflicts_asks_nobody()
    {
        var accepted = await Kept(Accept(Id(1)));
        await Kept(Start(accepted));

        (await Journal.AppendAsync(Start(accepted) with { Approvals = [Question(1)] }, None)).ShouldBeOfType<AppendOutcome.Conflict>();

        (await Index.FindApprovalAsync(Id(1), Fetch, None)).ShouldBeNull();
    }

    [StoreFact]
    public async Task many_that_ask_at_once_each_have_their_row()
    {
        var first = Accept(Id(1));
        await Kept(first);
        var lost = Accept(Id(1)) with { Approvals = [Question(1)] };
        await Task.WhenAll([.. Enumerable.Range(2, 60).Select(n => Kept(Asks(n, Question(n)))), Journal.AppendAsync(lost, None).AsTask()]);

        (await Index.ApprovalsAsync(ApprovalFilter.None, null, 100, None)).Length.ShouldBe(60);
    }

    [StoreFact]
    public async Task the_inbox_is_found_by_status_approver_and_plan_newest_first()
    {
        for (var n = 1; n <= 6; n++)
        {
            await Kept(Asks(n, Question(n) with
            {
                Approvers = n switch { 1 => [], 2 or 4 => ["ana", "ben"], _ => ["ben"] },
                PlanName = n > 3 ? "named" : null,
                Status = n == 6 ? ApprovalStatus.Withdrawn : ApprovalStatus.Waiting,
            }));
        }

        (await FoundAsync(ApprovalFilter.None)).ShouldBe([6, 5, 4, 3, 2, 1]);
        (await FoundAsync(new(ApprovalStatus.Waiting))).ShouldBe([5, 4, 3, 2, 1]);
        (await FoundAsync(new(ApprovalStatus.Withdrawn))).ShouldBe([6]);
        (await FoundAsync(new(Approver: "ana"))).ShouldBe([4, 2, 1]);
        (await FoundAsync(new(ApprovalStatus.Waiting, "ben", "named"))).ShouldBe([5, 4]);
        (await FoundAsync(new(Plan: "sample"))).ShouldBe([6, 5, 4, 3, 2, 1]);
        (await FoundAsync(new(Approver: "' or 1 = 1 --"))).ShouldBe([1]);
        (await FoundAsync(new(ApprovalStatus.Waiting), limit: 2)).ShouldBe([5, 4]);
        (await FoundAsync(new(ApprovalStatus.Waiting), after: Question(4).Id, limit: 2)).ShouldBe([3, 2]);
        (await FoundAsync(new(ApprovalStatus.Waiting), after: Question(6).Id, limit: 1)).ShouldBe([5]);

        async Task<IEnumerable<int>> FoundAsync(ApprovalFilter filter, string? after = null, int limit = 10)
        {
            var found = await Index.ApprovalsAsync(filter, after, limit, None);
            return found.Select(approval => Enumerable.Range(1, 6).Single(n => Id(n) == approval.Workflow));
        }
    }

    [StoreFact]
    public async Task the_inbox_survives_a_restart()
    {
        var asked = await Kept(Asks(1, Question(1)));

        await RestartAsync(inGoodOrder: false);

        ShouldBe((await Index.ApprovalsAsync(new(ApprovalStatus.Waiting), null, 10, None)).ShouldHaveSingleItem(), asked.Approvals[0]);
    }

    private static JournalAppend Asks(int n, Approval approval) => Accept(Id(n)) with { Approvals = [approval] };

    private static Approval Question(int n) => new(
        Id(n), Fetch, "sample", null, "Publish?", ["ana"], Quorum: 1, Rejections: 1, ApprovalStatus.Waiting, Noon.AddMinutes(n), Noon.AddDays(1), null, null, [], null);

    private static void ShouldBe(Approval? found, Approval expected) =>
        JsonSerializer.Serialize(found.ShouldNotBeNull(), VocabularyJson.Types.Approval).ShouldBe(JsonSerializer.Serialize(expected, VocabularyJson.Types.Approval));
}
