using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Orchestrator.Adapters.Tests.Journals;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Stores;
using Orchestrator.Testing;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Retention;

/// <summary>What every store must do with what has been kept long enough. Each store derives a class from it, on a store of its own that goes by <see cref="Clock"/>.</summary>
public abstract class RetentionContract
{
    protected abstract IStore Store { get; }

    protected ManualClock Clock { get; } = new(Noon);

    private static CancellationToken None => CancellationToken.None;

    [StoreFact]
    public async Task what_has_completed_goes_after_seven_days_and_what_failed_after_thirty()
    {
        var tags = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blue");
        var live = Accept(Id(1), tags: tags);
        await Append(live);
        await Append(Accept(Id(2), tags: tags), Start, Complete);
        await Append(Accept(Id(3), tags: tags), Start, last => Fail(last, Noon));

        Clock.Advance(TimeSpan.FromDays(7));
        (await Sweep()).Workflows.ShouldBe(0);
        Clock.Advance(TimeSpan.FromSeconds(1));
        (await Sweep()).Workflows.ShouldBe(1);
        (await Listed(tags)).ShouldBe([Id(3), Id(1)]);
        (await Store.Journal.ReadAsync(Id(2), after: 0, limit: 10, None)).ShouldBeEmpty();

        Clock.Advance(TimeSpan.FromDays(23));
        (await Sweep()).Workflows.ShouldBe(1);
        (await Store.Index.DeadLettersAsync(DeadLetterFilter.None, after: null, limit: 10, None)).ShouldBeEmpty();
        (await Store.Index.CountAsync(None)).ShouldBe([new(WorkflowStatus.Queued, 1)]);

        Clock.Advance(TimeSpan.FromDays(3_000));
        (await Sweep()).Workflows.ShouldBe(0);
        (await Store.Index.FindAsync(Id(1), None)).ShouldBeRow(live.Summary);
        (await Store.Journal.ReadAsync(Id(1), after: 0, limit: 10, None)).Length.ShouldBe(1);
    }

    [StoreFact]
    public async Task what_was_asked_goes_with_its_workflow()
    {
        Approval Asked(int n) => new(Id(n), Fetch, "sample", null, "?", [], 1, 1, ApprovalStatus.Approved, Noon, null, null, null, [], Noon);
        await Append(Accept(Id(1)) with { Approvals = [Asked(1)] }, Start, Complete);
        await Append(Accept(Id(2)) with { Approvals = [Asked(2)] }, Start);

        Clock.Advance(TimeSpan.FromDays(8));
        await Sweep();

        (await Store.Index.ApprovalsAsync(ApprovalFilter.None, null, 10, None)).ShouldHaveSingleItem().Workflow.ShouldBe(Id(2));
    }

    [StoreFact]
    public async Task time_counts_from_the_last_event_and_not_from_the_first()
    {
        await Append(Accept(Id(1)), Start, last => Fail(last, Noon.AddDays(20)));

        Clock.Advance(TimeSpan.FromDays(31));
        (await Sweep()).Workflows.ShouldBe(0);
        Clock.Advance(TimeSpan.FromDays(20));
        (await Sweep()).Workflows.ShouldBe(1);
    }

    [StoreFact]
    public async Task an_id_that_went_may_be_used_again()
    {
        await Append(Accept(Id(1)), Start, Complete);
        Clock.Advance(TimeSpan.FromDays(8));
        await Sweep();

        await Append(Accept(Id(1)), Start);

        (await Store.Journal.ReadAsync(Id(1), after: 0, limit: 10, None)).Length.ShouldBe(2);
    }

    [StoreFact]
    public async Task idempotency_keys_go_after_a_day_but_never_before()
    {
        await Append(Accept(Id(1), request: new IdempotentRequest("key", "print")));

        Clock.Advance(TimeSpan.FromHours(24));
        (await Sweep()).Requests.ShouldBe(0);
        (await Store.Index.FindRequestAsync("key", None)).ShouldNotBeNull();

        Clock.Advance(TimeSpan.FromSeconds(1));
        (await Sweep()).Requests.ShouldBe(1);
        (await Store.Index.FindRequestAsync("key", None)).ShouldBeNull();
        await Append(Accept(Id(2), request: new IdempotentRequest("key", "print")));
        Should.Throw<ValidationException>(() => Store.Retention(new RetentionOptions { Requests = TimeSpan.FromHours(1) }));
    }

    [StoreFact]
    public async Task much_goes_a_little_at_a_time_and_appends_go_between()
    {
        await Task.WhenAll(Enumerable.Range(1, 300).Select(n => Append(Accept(Id(n)), Start, Complete)));
        Clock.Advance(TimeSpan.FromDays(8));

        var sweep = Store.Retention(new RetentionOptions { BatchMax = 10 }).SweepAsync(None);
        await Task.WhenAll(Enumerable.Range(1_000, 100).Select(n => Append(Accept(Id(n)))));

        (await sweep).Workflows.ShouldBe(300);
        (await Store.Index.CountAsync(None)).ShouldBe([new(WorkflowStatus.Queued, 100)]);
    }

    [StoreFact]
    public async Task live_ones_between_the_finished_do_not_stop_the_sweep()
    {
        for (var n = 1; n <= 60; n++)
        {
            await (n % 3 == 0 ? Append(Accept(Id(n)), Start, Complete) : Append(Accept(Id(n)), Start, last => Fail(last, Noon)));
        }

        Clock.Advance(TimeSpan.FromDays(8));

        (await Store.Retention(new RetentionOptions { BatchMax = 7 }).SweepAsync(None)).Workflows.ShouldBe(20);
        (await Store.Index.CountAsync(None)).ShouldBe([new(WorkflowStatus.Failed, 40)]);
    }

    private Task<RetentionReport> Sweep() => Store.Retention(new RetentionOptions()).SweepAsync(None);

    private async Task<IEnumerable<WorkflowId>> Listed(ImmutableSortedDictionary<string, string> tags) =>
        (await Store.Index.ListAsync(new WorkflowQuery(Tags: tags), None)).Items.Select(row => row.Id);

    protected async Task Append(JournalAppend first, params Func<JournalAppend, JournalAppend>[] then)
    {
        foreach (var next in (Func<JournalAppend, JournalAppend>[])[last => last, .. then])
        {
            first = next(first);
            (await Store.Journal.AppendAsync(first, None)).ShouldBe(AppendOutcome.Appended.Instance);
        }
    }
}
