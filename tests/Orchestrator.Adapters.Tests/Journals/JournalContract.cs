using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Journals;

/// <summary>What every journal and every index must do. Each store derives a class from it.</summary>
public abstract partial class JournalContract
{
    protected abstract IWorkflowJournal Journal { get; }

    protected abstract IWorkflowIndex Index { get; }

    protected abstract IProcessEpoch Epoch { get; }

    /// <summary>Ends this process, in good order or not, lets that be noticed, and starts another one on the same store.</summary>
    protected abstract Task RestartAsync(bool inGoodOrder);

    private static WakeRest NoRest => default;

    private static WakeRest LongRest { get; } = new(TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    private static CancellationToken None => CancellationToken.None;

    [StoreFact]
    public async Task events_come_back_in_order_and_as_they_were()
    {
        var accepted = await Kept(Accept(Id(1)));
        var started = await Kept(Start(accepted));
        var completed = await Kept(Complete(started));

        var history = await Journal.ReadAsync(Id(1), after: 0, limit: 100, None);

        Text(history).ShouldBe(Text([.. accepted.Entries, .. started.Entries, .. completed.Entries]));
        history.Select(entry => entry.Number).ShouldBe([1, 2, 3, 4]);
    }

    [StoreFact]
    public async Task events_are_read_in_pages_that_may_begin_and_end_inside_an_append()
    {
        await Kept(Complete(await Kept(Start(await Kept(Accept(Id(1)))))));

        (await Journal.ReadAsync(Id(1), after: 0, limit: 3, None)).Select(entry => entry.Number).ShouldBe([1, 2, 3]);
        (await Journal.ReadAsync(Id(1), after: 3, limit: 3, None)).Select(entry => entry.Number).ShouldBe([4]);
        (await Journal.ReadAsync(Id(1), after: 4, limit: 3, None)).ShouldBeEmpty();
        (await Journal.ReadAsync(Id(2), after: 0, limit: 3, None)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task the_row_is_as_the_last_append_left_it()
    {
        var tags = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blue").Add("class", "7b");
        var accept = Accept(Id(1), Noon.AddTicks(12_345), epoch: 4, tags, planName: "course");
        accept = accept with { Summary = accept.Summary with { From = new WorkflowId("the-first-one") } };
        await Kept(accept);
        (await Index.FindAsync(Id(1), None)).ShouldBeRow(accept.Summary);

        var waiting = After(
            accept,
            row => row with
            {
                Status = WorkflowStatus.Waiting,
                WaitingFor = WaitKind.Approval,
                Priority = 5,
                StepsKnown = 9,
                StepsDone = 2,
                UpdatedAt = Noon.AddHours(1),
                DueAt = Noon.AddDays(1),
                CallsOut = 3,
                Epoch = 5,
                FailureCode = "agent.timeout",
            },
            new StepWaiting(Fetch, new Wait(WaitKind.Approval, "a teacher", Noon)));
        await Kept(waiting);

        (await Index.FindAsync(Id(1), None)).ShouldBeRow(waiting.Summary);
        (await Index.FindAsync(Id(2), None)).ShouldBeNull();
    }

    [StoreTheory]
    [InlineData("order-4711")]
    [InlineData("x")]
    [InlineData("fifteen_letters")]
    [InlineData("ffffffffffffffffffffffffffffffff")]
    [InlineData("0194FF0000000000700080000000000A")]
    [InlineData("0194ff0000000000700080000000000a")]
    public async Task any_id_a_caller_may_choose_comes_back_as_it_was(string chosen)
    {
        var id = new WorkflowId(chosen);
        await Kept(Start(await Kept(Accept(id, epoch: Epoch.Current))));
        await RestartAsync(inGoodOrder: true);

        (await Index.FindAsync(id, None)).ShouldNotBeNull().Id.ShouldBe(id);
        (await Index.ListAsync(new WorkflowQuery(), None)).Items.ShouldHaveSingleItem().Id.ShouldBe(id);
        (await Index.ClaimOrphansAsync(Noon, limit: 10, NoRest, None)).ShouldBe([id]);
        (await Journal.ReadAsync(id, after: 0, limit: 10, None)).Length.ShouldBe(2);
    }

    [StoreFact]
    public async Task an_append_that_has_not_seen_the_last_event_conflicts_and_changes_nothing()
    {
        var accepted = await Kept(Accept(Id(1), epoch: 3));
        var started = await Kept(Start(accepted));

        (await Journal.AppendAsync(Complete(accepted), None)).ShouldBe(new AppendOutcome.Conflict(Version: 2, Epoch: 3));
        (await Journal.AppendAsync(Accept(Id(1)), None)).ShouldBe(new AppendOutcome.Conflict(Version: 2, Epoch: 3));
        (await Journal.AppendAsync(Complete(Start(Accept(Id(2)))), None)).ShouldBe(new AppendOutcome.Conflict(Version: 0, Epoch: 0));

        (await Index.FindAsync(Id(1), None)).ShouldBeRow(started.Summary);
        (await Journal.ReadAsync(Id(1), after: 0, limit: 10, None)).Length.ShouldBe(2);
        (await Index.FindAsync(Id(2), None)).ShouldBeNull();
    }

    [StoreFact]
    public async Task a_process_thought_dead_cannot_write_after_its_successor()
    {
        var accepted = await Kept(Accept(Id(1), epoch: 3));
        var taken = await Kept(After(accepted, row => row with { Epoch = 7, CallsOut = 1 }, new StepStarted(Fetch, 1, Epoch: 7)));

        (await Journal.AppendAsync(Start(accepted), None)).ShouldBe(new AppendOutcome.Conflict(Version: 2, Epoch: 7));
        (await Index.FindAsync(Id(1), None)).ShouldBeRow(taken.Summary);
    }

    [StoreFact]
    public async Task a_process_that_has_seen_the_last_event_may_take_over_whatever_its_epoch()
    {
        var accepted = await Kept(Accept(Id(1), epoch: 7));

        var taken = await Kept(After(accepted, row => row with { Epoch = 3, CallsOut = 1 }, new StepStarted(Fetch, 1, Epoch: 3)));

        (await Index.FindAsync(Id(1), None)).ShouldBeRow(taken.Summary);
    }

    [StoreFact]
    public async Task of_many_appends_to_one_version_exactly_one_wins()
    {
        var accepted = await Kept(Accept(Id(1)));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Journal.AppendAsync(Start(accepted), None).AsTask()));

        outcomes.Count(outcome => outcome is AppendOutcome.Appended).ShouldBe(1);
        outcomes.Count(outcome => outcome is AppendOutcome.Conflict).ShouldBe(49);
        (await Journal.ReadAsync(Id(1), after: 0, limit: 100, None)).Length.ShouldBe(2);
    }

    [StoreFact]
    public async Task a_refusal_does_not_touch_appends_made_at_the_same_time()
    {
        var stale = await Kept(Accept(Id(0)));
        await Kept(Start(stale));

        var appends = Enumerable.Range(1, 60).Select(n => n % 3 == 0 ? Start(stale) : Accept(Id(n))).ToArray();
        var outcomes = await Task.WhenAll(appends.Select(append => Journal.AppendAsync(append, None).AsTask()));

        outcomes.Select(outcome => outcome is AppendOutcome.Appended).ShouldBe(Enumerable.Range(1, 60).Select(n => n % 3 != 0));
        (await Index.CountAsync(None))[WorkflowStatus.Queued].ShouldBe(40);
    }

    [StoreFact]
    public async Task a_finished_workflow_never_changes_state_but_may_learn_of_a_late_answer()
    {
        var completed = await Kept(Complete(await Kept(Start(await Kept(Accept(Id(1)))))));

        var revived = After(completed, row => row with { Status = WorkflowStatus.Running }, new StepStarted(Fetch, 2, Epoch: 1));
        await Should.ThrowAsync<InvalidOperationException>(async () => await Journal.AppendAsync(revived, None));
        (await Index.FindAsync(Id(1), None)).ShouldBeRow(completed.Summary);

        await Kept(After(completed, row => row, new LateAnswerKept(Fetch, 1, Payload.Null)));
        (await Index.FindAsync(Id(1), None))!.Version.ShouldBe(5);
    }

    [StoreFact]
    public async Task an_append_whose_parts_do_not_belong_together_is_a_fault()
    {
        var accept = Accept(Id(1));

        await Should.ThrowAsync<ArgumentException>(async () => await Journal.AppendAsync(accept with { Entries = [] }, None));
        await Should.ThrowAsync<ArgumentException>(async () => await Journal.AppendAsync(accept with { ExpectedVersion = 1 }, None));
        await Should.ThrowAsync<ArgumentException>(async () => await Journal.AppendAsync(accept with { Workflow = Id(2) }, None));
        (await Index.FindAsync(Id(1), None)).ShouldBeNull();
    }

    [StoreFact]
    public async Task a_request_seen_before_starts_nothing_and_names_what_it_started()
    {
        var request = new IdempotentRequest("workflows:start:abc", "fingerprint");
        await Kept(Accept(Id(1), request: request));

        var again = await Journal.AppendAsync(Accept(Id(2), request: request with { Fingerprint = "another" }), None);

        again.ShouldBe(new AppendOutcome.RequestSeen(Id(1), "fingerprint"));
        (await Index.FindRequestAsync(request.Key, None)).ShouldBe(new AppendOutcome.RequestSeen(Id(1), "fingerprint"));
        (await Index.FindRequestAsync("workflows:start:other", None)).ShouldBeNull();
        (await Index.FindAsync(Id(2), None)).ShouldBeNull();
    }

    [StoreFact]
    public async Task of_many_appends_with_one_request_key_exactly_one_wins()
    {
        var request = new IdempotentRequest("workflows:start:abc", "fingerprint");

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 20).Select(n => Journal.AppendAsync(Accept(Id(n), request: request), None).AsTask()));

        outcomes.Count(outcome => outcome is AppendOutcome.Appended).ShouldBe(1);
        outcomes.OfType<AppendOutcome.RequestSeen>().Select(seen => seen.Workflow).Distinct().Count().ShouldBe(1);
        (await Index.CountAsync(None)).Values.Sum().ShouldBe(1);
    }

    [StoreFact]
    public async Task pages_hold_every_workflow_once_whatever_starts_between_them()
    {
        // Twenty at each moment, so that pages end among workflows of the same age.
        for (var n = 0; n < 100; n++)
        {
            await Kept(Accept(Id(n), Noon.AddSeconds(n / 20)));
        }

        var seen = new List<WorkflowId>();
        WorkflowPosition? after = null;
        var later = 1_000;
        do
        {
            var page = await Index.ListAsync(new WorkflowQuery(After: after, Limit: 7), None);
            seen.AddRange(page.Items.Select(row => row.Id));
            after = page.Next;
            await Kept(Accept(Id(later++), Noon.AddHours(1)));
        }
        while (after is not null);

        seen.ShouldBe(Enumerable.Range(0, 100).Reverse().Select(Id));
    }

    [StoreFact]
    public async Task the_last_page_says_so()
    {
        foreach (var n in Enumerable.Range(0, 4))
        {
            await Kept(Accept(Id(n)));
        }

        var first = await Index.ListAsync(new WorkflowQuery(Limit: 2), None);
        first.Next.ShouldNotBeNull();
        (await Index.ListAsync(new WorkflowQuery(After: first.Next, Limit: 2), None)).Next.ShouldBeNull();
    }

    [StoreFact]
    public async Task filters_are_all_met_at_once()
    {
        var blue = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blue");
        await Kept(Accept(Id(1), Noon, tags: blue, planName: "course"));
        await Kept(Accept(Id(2), Noon.AddHours(1), tags: blue.Add("class", "7b")));
        await Kept(Start(await Kept(Accept(Id(3), Noon.AddHours(2), tags: blue.SetItem("team", "red")))));
        await Kept(Fail(await Kept(Start(await Kept(Accept(Id(4), Noon.AddHours(3), tags: blue)))), Noon.AddHours(4)));
        await Kept(Complete(await Kept(Start(await Kept(Accept(Id(5), Noon.AddHours(4)))))));
        var waiting = await Kept(Accept(Id(6), Noon.AddHours(5)));
        await Kept(After(
            waiting,
            row => row with { Status = WorkflowStatus.Waiting, WaitingFor = WaitKind.Signal },
            new StepWaiting(Fetch, new Wait(WaitKind.Signal, "go", Noon))));

        await ShouldList(new WorkflowQuery(), 6, 5, 4, 3, 2, 1);
        await ShouldList(new WorkflowQuery(Statuses: [WorkflowStatus.Queued]), 2, 1);
        await ShouldList(new WorkflowQuery(Statuses: [WorkflowStatus.Queued, WorkflowStatus.Completed]), 5, 2, 1);
        await ShouldList(new WorkflowQuery(Statuses: [WorkflowStatus.Failed, WorkflowStatus.Running]), 4, 3);
        await ShouldList(new WorkflowQuery(WaitingFor: WaitKind.Signal), 6);
        await ShouldList(new WorkflowQuery(Statuses: [WorkflowStatus.Waiting], WaitingFor: WaitKind.Approval));
        await ShouldList(new WorkflowQuery(Plan: "course"), 1);
        await ShouldList(new WorkflowQuery(Plan: "sample"), 6, 5, 4, 3, 2, 1);
        await ShouldList(new WorkflowQuery(Tags: blue), 4, 2, 1);
        await ShouldList(new WorkflowQuery(Tags: blue.Add("class", "7b")), 2);
        await ShouldList(new WorkflowQuery(Tags: blue, Statuses: [WorkflowStatus.Queued]), 2, 1);
        await ShouldList(new WorkflowQuery(Tags: blue, CreatedFrom: Noon.AddHours(1), CreatedBefore: Noon.AddHours(3)), 2);
        await ShouldList(new WorkflowQuery(CreatedFrom: Noon.AddHours(2), CreatedBefore: Noon.AddHours(4)), 4, 3);
        await ShouldList(new WorkflowQuery(FailureCode: "agent.refused"), 4);
        await ShouldList(new WorkflowQuery(Tags: blue, Statuses: [WorkflowStatus.Failed], Plan: "sample", FailureCode: "agent.refused"), 4);
        await ShouldList(new WorkflowQuery(Tags: blue, After: new WorkflowPosition(Noon.AddHours(3), Id(4)), Limit: 1), 2);
        await ShouldList(new WorkflowQuery(Tags: blue.SetItem("team", "'; DROP TABLE workflow; --")));
    }

    [StoreFact]
    public async Task what_is_due_comes_most_overdue_first_and_what_is_finished_is_never_due()
    {
        await Due(1, Noon.AddMinutes(3));
        await Due(2, Noon.AddMinutes(1));
        await Due(3, Noon.AddMinutes(9));
        var done = await Due(4, Noon);
        await Kept(Complete(done));
        await Kept(Accept(Id(5)));

        (await Index.ClaimDueAsync(Noon, limit: 10, NoRest, None)).ShouldBeEmpty();
        (await Index.ClaimDueAsync(Noon.AddMinutes(3), limit: 10, NoRest, None)).ShouldBe([Id(2), Id(1)]);
        (await Index.ClaimDueAsync(Noon.AddMinutes(5), limit: 10, NoRest, None)).ShouldBe([Id(2), Id(1)]);
        (await Index.ClaimDueAsync(Noon.AddMinutes(5), limit: 1, NoRest, None)).ShouldBe([Id(2)]);
    }

    [StoreFact]
    public async Task what_was_given_to_one_waker_is_given_to_no_other_until_it_has_rested()
    {
        for (var n = 1; n <= 5; n++)
        {
            await Due(n, Noon.AddSeconds(n));
        }

        var now = Noon.AddMinutes(1);
        (await Index.ClaimDueAsync(now, limit: 2, LongRest, None)).ShouldBe([Id(1), Id(2)]);
        (await Index.ClaimDueAsync(now, limit: 2, LongRest, None)).ShouldBe([Id(3), Id(4)]);
        (await Index.ClaimDueAsync(now, limit: 2, NoRest, None)).ShouldBe([Id(5)]);
        (await Index.ClaimDueAsync(now, limit: 10, NoRest, None)).ShouldBe([Id(5)]);
    }

    [StoreFact]
    public async Task of_many_wakers_at_once_each_is_given_others()
    {
        for (var n = 1; n <= 200; n++)
        {
            await Due(n, Noon);
        }

        var given = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Index.ClaimDueAsync(Noon.AddMinutes(1), limit: 20, LongRest, None).AsTask()));

        // One that finds another's claim under way passes over it, so a last look takes what nobody has.
        var rest = await Index.ClaimDueAsync(Noon.AddMinutes(1), limit: 200, LongRest, None);
        given.SelectMany(ids => ids).Concat(rest).ShouldBe(Enumerable.Range(1, 200).Select(Id), ignoreOrder: true);
    }

    [StoreFact]
    public async Task an_event_ends_a_rest()
    {
        var due = await Due(1, Noon);
        (await Index.ClaimDueAsync(Noon.AddMinutes(1), limit: 10, LongRest, None)).ShouldBe([Id(1)]);

        await Kept(After(due, row => row with { DueAt = Noon.AddSeconds(30) }, new WorkflowPaused("somebody", Reason: null)));

        (await Index.ClaimDueAsync(Noon.AddMinutes(1), limit: 10, LongRest, None)).ShouldBe([Id(1)]);
    }

    [StoreFact]
    public async Task the_first_that_is_due_is_not_one_that_rests()
    {
        (await Index.FirstDueAsync(None)).ShouldBeNull();
        await Due(1, Noon);
        await Due(2, Noon.AddSeconds(30));
        (await Index.FirstDueAsync(None)).ShouldBe(Noon);

        (await Index.ClaimDueAsync(Noon.AddMinutes(1), limit: 1, LongRest, None)).ShouldBe([Id(1)]);

        (await Index.FirstDueAsync(None)).ShouldBe(Noon.AddSeconds(30));
    }

    [StoreFact]
    public async Task one_that_is_due_and_an_orphan_is_given_once()
    {
        var due = await Due(1, Noon);
        await Kept(After(due, row => row with { CallsOut = 1, Epoch = Epoch.Current }, new StepStarted(Fetch, 1, Epoch.Current)));
        await RestartAsync(inGoodOrder: false);

        (await Index.ClaimOrphansAsync(Noon.AddMinutes(1), limit: 10, LongRest, None)).ShouldBe([Id(1)]);
        (await Index.ClaimDueAsync(Noon.AddMinutes(1), limit: 10, LongRest, None)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task orphans_are_those_with_calls_out_of_a_process_that_has_ended()
    {
        var lost = Epoch.Current;
        for (var n = 1; n <= 3; n++)
        {
            await Kept(Start(await Kept(Accept(Id(n), epoch: lost))));
        }

        await Kept(Accept(Id(7), epoch: lost));
        await Kept(Complete(await Kept(Start(await Kept(Accept(Id(8), epoch: lost))))));
        (await Index.ClaimOrphansAsync(Noon, limit: 10, NoRest, None)).ShouldBeEmpty();

        await RestartAsync(inGoodOrder: false);
        var left = Epoch.Current;
        await Kept(Start(await Kept(Accept(Id(4), epoch: left))));
        await Kept(Start(await Kept(Accept(Id(5), epoch: left))));
        (await Index.ClaimOrphansAsync(Noon, limit: 10, NoRest, None)).ShouldBe([Id(1), Id(2), Id(3)], ignoreOrder: true);

        await RestartAsync(inGoodOrder: true);
        await Kept(Start(await Kept(Accept(Id(6), epoch: Epoch.Current))));
        var first = await Index.ClaimOrphansAsync(Noon.AddHours(1), limit: 3, LongRest, None);
        var second = await Index.ClaimOrphansAsync(Noon.AddHours(1), limit: 3, LongRest, None);
        first.Concat(second).ShouldBe(Enumerable.Range(1, 5).Select(Id), ignoreOrder: true);
        first.Length.ShouldBe(3);
    }

    [StoreFact]
    public async Task a_process_knows_what_became_of_those_before_it()
    {
        var lost = Epoch.Current;
        await Kept(Start(await Kept(Accept(Id(1), epoch: lost))));
        await RestartAsync(inGoodOrder: false);
        var left = Epoch.Current;
        await RestartAsync(inGoodOrder: true);

        left.ShouldBeGreaterThan(lost);
        Epoch.Current.ShouldBeGreaterThan(left);
        Epoch.FateOf(lost).ShouldBe(ProcessFate.Lost);
        Epoch.FateOf(left).ShouldBe(ProcessFate.Left);
        Epoch.FateOf(Epoch.Current).ShouldBe(ProcessFate.Running);
    }

    [StoreFact]
    public async Task counts_follow_every_change()
    {
        for (var n = 1; n <= 5; n++)
        {
            var last = await Kept(Accept(Id(n)));
            last = n > 1 ? await Kept(Start(last)) : last;
            _ = n > 3 ? await Kept(Complete(last)) : last;
        }

        (await Index.CountAsync(None)).ShouldBe(
            [new(WorkflowStatus.Queued, 1), new(WorkflowStatus.Running, 2), new(WorkflowStatus.Completed, 2)]);
    }

    [StoreFact]
    public async Task payloads_are_kept_byte_for_byte_in_value()
    {
        var accepted = await Kept(Accept(Id(1)));
        var output = Json("""{"text":"Zoë → 数学 \u0001","n":1.0e-7,"list":[null,true,{}]}""");
        await Kept(After(accepted, row => row, new StepCompleted(new StepPath("unit/quiz[3]"), 1, output)));

        var read = (await Journal.ReadAsync(Id(1), after: 1, limit: 1, None)).ShouldHaveSingleItem();

        var completed = read.Event.ShouldBeOfType<StepCompleted>();
        completed.Step.ShouldBe(new StepPath("unit/quiz[3]"));
        JsonElement.DeepEquals(completed.Output.Parse().RootElement, output.Parse().RootElement).ShouldBeTrue(completed.Output.ToString());
    }

    [StoreFact]
    public async Task a_cancelled_caller_appends_nothing()
    {
        await Should.ThrowAsync<OperationCanceledException>(async () => await Journal.AppendAsync(Accept(Id(1)), new CancellationToken(canceled: true)));

        (await Index.FindAsync(Id(1), None)).ShouldBeNull();
    }

    protected async Task<JournalAppend> Kept(JournalAppend append)
    {
        (await Journal.AppendAsync(append, None)).ShouldBe(AppendOutcome.Appended.Instance);
        return append;
    }

    private async Task<JournalAppend> Due(int n, DateTimeOffset at) => await Kept(After(
        await Kept(Accept(Id(n))),
        row => row with { Status = WorkflowStatus.Waiting, WaitingFor = WaitKind.Timer, DueAt = at },
        new StepWaiting(Fetch, new Wait(WaitKind.Timer, "", Noon, Until: at))));

    private static string Text(ImmutableArray<JournalEntry> entries) =>
        JsonSerializer.Serialize(entries, VocabularyJson.Types.ImmutableArrayJournalEntry);

    private async Task ShouldList(WorkflowQuery query, params int[] expected) =>
        (await Index.ListAsync(query, None)).Items.Select(row => row.Id).ShouldBe(expected.Select(Id), query.ToString());
}
