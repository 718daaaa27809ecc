using System.Collections.Concurrent;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Audits;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Stores;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Audits;

/// <summary>What the auditor must find in every store, and what it must not. Each store derives a class from it, on a store of its own.</summary>
public abstract class AuditContract
{
    private readonly Found found = new();

    protected abstract IStore Store { get; }

    /// <summary>Lets finished workflows change, as a store without its trigger would.</summary>
    protected abstract string NoTrigger { get; }

    /// <summary>Deletes the second append of a workflow.</summary>
    protected abstract string Gap { get; }

    private static CancellationToken None => CancellationToken.None;

    /// <summary>Changes the store behind its back.</summary>
    protected abstract Task RunAsync(string sql);

    [StoreFact]
    public async Task a_healthy_store_under_load_breaks_no_rule()
    {
        var auditor = Auditor(workflowsMax: 1_000);
        var done = 0;
        var load = Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var n = 0; n < 100; n++)
            {
                var id = Id((worker * 1_000) + n);
                await (n % 3 == 0 ? AppendAsync(Owed(Accept(id))) : AppendAsync(Owed(Accept(id)), Start, n % 3 == 1 ? Complete : last => Fail(last, Noon)));
                Interlocked.Increment(ref done);
            }
        })).ToArray();

        do
        {
            await auditor.PassAsync(None);
        }
        while (Volatile.Read(ref done) < 800);
        await Task.WhenAll(load);
        await auditor.PassAsync(None);

        found.Violations.ShouldBeEmpty();
        found.Looked.ShouldBeGreaterThanOrEqualTo(800);
    }

    [StoreFact]
    public async Task a_finished_workflow_that_lives_again_is_found()
    {
        await AppendAsync(Owed(Accept(Id(1))), Start, Complete);
        await AppendAsync(Owed(Accept(Id(2))), Start, Complete);
        await RunAsync(NoTrigger);

        await RunAsync("update workflow set status = 2 where id = (select id from workflow order by id limit 1)");

        (await FoundAsync()).ShouldBe([(Id(1), AuditRule.Final)]);
    }

    [StoreFact]
    public async Task a_workflow_that_is_said_to_have_ended_without_an_event_is_found()
    {
        await AppendAsync(Owed(Accept(Id(1))), Start);

        await RunAsync("update workflow set status = 6");

        (await FoundAsync()).ShouldBe([(Id(1), AuditRule.Final)]);
    }

    [StoreFact]
    public async Task a_payload_that_looks_like_an_end_is_none()
    {
        await AppendAsync(Owed(Accept(Id(1))), Start, last => After(last, row => row, new StepCompleted(Fetch, Attempt: 1, Json("""{"type":"workflow.completed/1"}"""))));

        (await FoundAsync()).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task an_answer_that_comes_after_the_end_breaks_nothing()
    {
        await AppendAsync(Owed(Accept(Id(1))), Start, Complete, last => After(last, row => row, new LateAnswerKept(Fetch, Attempt: 2, Json("{}"))));

        (await FoundAsync()).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task an_append_that_is_missing_is_found_and_so_is_one_that_its_row_has_not_seen()
    {
        await AppendAsync(Owed(Accept(Id(1))), Start, Complete);
        await RunAsync(Gap);
        await AppendAsync(Owed(Accept(Id(2))), Start);
        await RunAsync("update workflow set version = 1 where version = 2");

        (await FoundAsync()).ShouldBe([(Id(2), AuditRule.Gaps), (Id(1), AuditRule.Gaps)]);
    }

    [StoreFact]
    public async Task a_workflow_that_nobody_wakes_is_found_and_one_that_waits_for_a_person_is_not()
    {
        await AppendAsync(Owed(Accept(Id(1))), Start);
        await AppendAsync(Accept(Id(2)), last => After(last, row => row with { Status = WorkflowStatus.Paused }, new WorkflowPaused("somebody", Reason: null)));

        await RunAsync("update workflow set due_at = null");

        (await FoundAsync()).ShouldBe([(Id(1), AuditRule.Waker)]);
    }

    [StoreFact]
    public async Task a_row_of_a_process_that_has_never_been_is_found()
    {
        await AppendAsync(Owed(Accept(Id(1), epoch: Store.Epoch.Current)));

        await RunAsync("update workflow set epoch = 4711");

        (await FoundAsync()).ShouldBe([(Id(1), AuditRule.Writer)]);
    }

    [StoreFact]
    public async Task a_pass_has_a_limit_and_the_next_goes_on_where_it_ended()
    {
        for (var n = 1; n <= 5; n++)
        {
            await AppendAsync(Accept(Id(n)));
        }

        var auditor = Auditor(workflowsMax: 2);
        foreach (var seen in (int[])[2, 4, 5, 7])
        {
            await auditor.PassAsync(None);
            found.Looked.ShouldBe(seen);
        }

        found.Violations.Select(one => one.Workflow).ShouldBe([Id(5), Id(4), Id(3), Id(2), Id(1), Id(5), Id(4)]);
    }

    // Who has a due time has a waker.
    private static JournalAppend Owed(JournalAppend append) => append with { Summary = append.Summary with { DueAt = Noon } };

    private async Task<IEnumerable<(WorkflowId Workflow, AuditRule Rule)>> FoundAsync()
    {
        await Auditor(workflowsMax: 100).PassAsync(None);
        return found.Violations;
    }

    private Auditor Auditor(int workflowsMax) => new(
        Store.Audit, Store.Index, Store.Journal, found, AuditPolicy.Default with { WorkflowsMax = workflowsMax }, WorkflowPolicy.Default, TimeProvider.System, new Random(1));

    private async Task AppendAsync(JournalAppend first, params Func<JournalAppend, JournalAppend>[] then)
    {
        foreach (var next in (Func<JournalAppend, JournalAppend>[])[last => last, .. then])
        {
            first = next(first);
            (await Store.Journal.AppendAsync(first, None)).ShouldBe(AppendOutcome.Appended.Instance);
        }
    }

    private sealed class Found : IAuditObserver
    {
        private readonly ConcurrentQueue<(WorkflowId Workflow, AuditRule Rule)> violations = new();

        public IReadOnlyList<(WorkflowId Workflow, AuditRule Rule)> Violations => [.. violations];

        public int Looked { get; private set; }

        public void Audited(int workflows) => Looked += workflows;

        public void Violated(WorkflowId workflow, AuditRule rule) => violations.Enqueue((workflow, rule));

        public void AuditFailed(Exception cause) => throw cause;
    }
}
