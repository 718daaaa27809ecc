using Orchestrator.Adapters.Sqlite;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class When_appends_queue_up : IDisposable
{
    private static readonly AppendOutcome Appended = AppendOutcome.Appended.Instance;

    // While another program holds the file the writer waits, and what is appended meanwhile queues up.
    private static readonly SqliteOptions Patient = new() { BusyTimeout = TimeSpan.FromMinutes(1) };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task they_share_a_commit()
    {
        await using var open = OpenStore.In(folder.Path, Patient);
        var appends = await WhileLocked(() => Enumerable.Range(1, 300).Select(n => Append(open, Accept(Id(n)))).ToArray());

        (await Task.WhenAll(appends)).ShouldAllBe(outcome => outcome == Appended);

        // The first may have gone to the writer alone before the others came.
        open.Store.Statistics.Commits.ShouldBeInRange(1, 2);
        open.Store.Statistics.Writes.ShouldBe(300);
    }

    [Fact]
    public async Task no_commit_holds_more_than_the_limit()
    {
        await using var open = OpenStore.In(folder.Path, new SqliteOptions { BusyTimeout = Patient.BusyTimeout, BatchWritesMax = 10 });
        var appends = await WhileLocked(() => Enumerable.Range(1, 100).Select(n => Append(open, Accept(Id(n)))).ToArray());

        await Task.WhenAll(appends);

        open.Store.Statistics.Commits.ShouldBeInRange(10, 11);
    }

    [Fact]
    public async Task an_append_alone_is_a_commit_of_its_own()
    {
        await using var open = OpenStore.In(folder.Path);
        foreach (var n in Enumerable.Range(1, 10))
        {
            await Append(open, Accept(Id(n)));
        }

        open.Store.Statistics.Commits.ShouldBe(10);
    }

    [Fact]
    public async Task one_may_follow_another_of_the_same_workflow_into_the_same_commit()
    {
        await using var open = OpenStore.In(folder.Path, Patient);
        var accept = Accept(Id(1));
        var appends = await WhileLocked<Task<AppendOutcome>[]>(() =>
            [Append(open, Accept(Id(9))), Append(open, accept), Append(open, Start(accept)), Append(open, Start(accept)), Append(open, Complete(Start(accept)))]);

        (await Task.WhenAll(appends)).ShouldBe([Appended, Appended, Appended, new AppendOutcome.Conflict(2, 1), Appended]);
    }

    [Fact]
    public async Task a_fault_of_one_stops_none_of_the_others()
    {
        await using var open = OpenStore.In(folder.Path, Patient);
        var accept = Accept(Id(0));
        var done = Complete(Start(accept));
        foreach (var append in (JournalAppend[])[accept, Start(accept), done])
        {
            await Append(open, append);
        }

        var revival = After(done, row => row with { Status = WorkflowStatus.Running }, new WorkflowResumed("nobody"));
        var appends = await WhileLocked(() =>
            Enumerable.Range(1, 50).Select(n => Append(open, n == 25 ? revival : Accept(Id(n)))).ToArray());

        await Should.ThrowAsync<InvalidOperationException>(() => appends[24]);
        (await Task.WhenAll(appends.Where((_, i) => i != 24))).ShouldAllBe(outcome => outcome == Appended);
        var counts = await open.Store.Index.CountAsync(CancellationToken.None);
        counts[WorkflowStatus.Queued].ShouldBe(49);
        counts[WorkflowStatus.Completed].ShouldBe(1);
    }

    [Fact]
    public async Task the_caller_goes_on_on_another_thread_than_the_writers()
    {
        await using var open = OpenStore.In(folder.Path);
        var writers = new List<string?>();
        foreach (var n in Enumerable.Range(1, 20))
        {
            await Append(open, Accept(Id(n))).ContinueWith(
                _ => writers.Add(Thread.CurrentThread.Name), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        writers.ShouldNotContain("journal writer");
    }

    [Fact]
    public async Task further_ones_wait_for_room_and_can_be_given_up_until_then()
    {
        await using var open = OpenStore.In(folder.Path, new SqliteOptions { BusyTimeout = Patient.BusyTimeout, QueueWritesMax = 2, BatchWritesMax = 1 });
        using var patience = new CancellationTokenSource();
        var given = (Task<AppendOutcome>)Task.FromResult(Appended);
        var appends = await WhileLocked(() =>
        {
            // One with the writer, two in the queue at the most: of five, the last waits for room.
            var waiting = Enumerable.Range(1, 5).Select(n => Append(open, Accept(Id(n)))).ToArray();
            given = open.Store.Journal.AppendAsync(Accept(Id(6)), patience.Token).AsTask();
            patience.Cancel();
            return waiting;
        });

        (await Task.WhenAll(appends)).ShouldAllBe(outcome => outcome == Appended);
        await Should.ThrowAsync<OperationCanceledException>(() => given);
        (await open.Store.Index.FindAsync(Id(6), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task closing_the_store_keeps_what_is_queued()
    {
        Task<AppendOutcome>[] appends;
        await using (var open = OpenStore.In(folder.Path))
        {
            appends = Enumerable.Range(1, 200).Select(n => Append(open, Accept(Id(n)))).ToArray();
        }

        (await Task.WhenAll(appends)).ShouldAllBe(outcome => outcome == Appended);
        await using var again = OpenStore.In(folder.Path);
        (await again.Store.Index.CountAsync(CancellationToken.None))[WorkflowStatus.Queued].ShouldBe(200);
    }

    private static Task<AppendOutcome> Append(OpenStore open, JournalAppend append) =>
        open.Store.Journal.AppendAsync(append, CancellationToken.None).AsTask();

    private Task<T> WhileLocked<T>(Func<T> queue)
    {
        using var held = new ForeignLock(folder.Path);
        return Task.FromResult(queue());
    }
}
