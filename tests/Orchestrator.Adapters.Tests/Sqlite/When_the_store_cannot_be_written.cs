using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Tests.Journals;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Retention;
using Orchestrator.Testing;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class When_the_store_cannot_be_written : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task a_full_one_says_so_loses_nothing_and_goes_on_when_there_is_room()
    {
        var clock = new ManualClock(Noon);
        await using var open = OpenStore.In(folder.Path, new SqliteOptions { PagesMax = 120 }, clock);
        var kept = new List<JournalAppend>();
        StorageUnavailableException? full = null;
        for (var n = 1; full is null; n++)
        {
            n.ShouldBeLessThan(10_000);
            full = await FillAsync(open, n, kept);
        }

        full.Full.ShouldBeTrue();
        kept.Count.ShouldBeGreaterThan(50);
        (await open.Store.Index.CountAsync(CancellationToken.None)).Values.Sum().ShouldBe(kept.Select(append => append.Workflow).Distinct().Count());
        foreach (var append in kept)
        {
            (await open.Store.Journal.ReadAsync(append.Workflow, append.ExpectedVersion, 1, CancellationToken.None)).ShouldHaveSingleItem();
        }

        open.Store.Statistics.Refused.ShouldBe(1);

        clock.Advance(TimeSpan.FromDays(8));
        (await open.Store.Retention(new RetentionOptions()).SweepAsync(CancellationToken.None)).Workflows.ShouldBeGreaterThan(10);
        (await FillAsync(open, 20_000, kept)).ShouldBeNull();
    }

    [Fact]
    public async Task one_that_another_program_holds_is_away_until_it_lets_go()
    {
        await using var open = OpenStore.In(folder.Path, new SqliteOptions { BusyTimeout = TimeSpan.Zero });
        var accept = Accept(Id(1));
        await open.Store.Journal.AppendAsync(accept, CancellationToken.None);

        using (new ForeignLock(folder.Path))
        {
            var away = await Should.ThrowAsync<StorageUnavailableException>(async () => await open.Store.Journal.AppendAsync(Start(accept), CancellationToken.None));
            away.Full.ShouldBeFalse();
            (await open.Store.Index.FindAsync(Id(1), CancellationToken.None)).ShouldBeRow(accept.Summary);
        }

        (await open.Store.Journal.AppendAsync(Start(accept), CancellationToken.None)).ShouldBe(AppendOutcome.Appended.Instance);
    }

    [Fact]
    public async Task every_append_of_a_refused_batch_is_told()
    {
        await using var open = OpenStore.In(folder.Path, new SqliteOptions { BusyTimeout = TimeSpan.FromMilliseconds(1) });
        Task<AppendOutcome>[] appends;
        using (new ForeignLock(folder.Path))
        {
            appends = Enumerable.Range(1, 100).Select(n => open.Store.Journal.AppendAsync(Accept(Id(n)), CancellationToken.None).AsTask()).ToArray();
            await Task.WhenAll(appends.Select(append => append.ContinueWith(_ => { }, TaskScheduler.Default)));
        }

        appends.ShouldAllBe(append => append.Exception!.InnerException is StorageUnavailableException);
        (await open.Store.Index.CountAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    /// <summary>Runs one workflow to its end, noting what was acknowledged.</summary>
    private static async Task<StorageUnavailableException?> FillAsync(OpenStore open, int n, List<JournalAppend> kept)
    {
        var accept = Accept(Id(n));
        foreach (var append in (JournalAppend[])[accept, Start(accept), Complete(Start(accept))])
        {
            try
            {
                (await open.Store.Journal.AppendAsync(append, CancellationToken.None)).ShouldBe(AppendOutcome.Appended.Instance);
            }
            catch (StorageUnavailableException unavailable)
            {
                return unavailable;
            }

            kept.Add(append);
        }

        return null;
    }
}
