using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Stores;
using Orchestrator.Testing;
using Orchestrator.Vocabulary.Blobs;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Blobs;

/// <summary>What becomes of blobs in a store that is swept. Each store derives a class from it, on a store of its own that goes by <see cref="Clock"/>.</summary>
public abstract class StoredBlobContract : BlobContract
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    protected abstract IStore Store { get; }

    protected override IBlobStore Blobs => Store.Blobs;

    protected ManualClock Clock { get; } = new(Noon);

    /// <summary>How many parts the store still has, whoever may reach them.</summary>
    protected abstract Task<long> PartsAsync();

    [StoreFact]
    public async Task a_blob_that_nobody_uses_goes_a_day_after_its_last_put()
    {
        var blob = await PutAsync("up", "seen");
        Clock.Advance(Day);
        (await SweepAsync()).ShouldBe(0);

        // Put again just before it would go, it is kept for another day.
        await PutAsync("again", "seen");
        Clock.Advance(Day);
        (await SweepAsync()).ShouldBe(0);
        (await Blobs.FindAsync(blob.Digest, None)).ShouldBe(blob);

        Clock.Advance(Second);
        (await SweepAsync()).ShouldBe(1);
        (await Blobs.FindAsync(blob.Digest, None)).ShouldBeNull();
        (await PartsAsync()).ShouldBe(0);
        (await Blobs.UseAsync(Id(1), [blob.Digest], None)).ShouldBe([blob.Digest]);
        await PutAsync("anew", "seen");
        (await Blobs.FindAsync(blob.Digest, None)).ShouldBe(blob);
    }

    [StoreFact]
    public async Task a_blob_is_kept_as_long_as_a_workflow_that_uses_it()
    {
        var blob = await PutAsync("up", "used");
        await Blobs.UseAsync(Id(1), [blob.Digest], None);
        await Blobs.UseAsync(Id(2), [blob.Digest], None);
        var (first, second) = (Accept(Id(1)), Accept(Id(2)));
        await AppendAsync(first, Start, Complete);
        await AppendAsync(second, Start);

        Clock.Advance(TimeSpan.FromDays(8));
        (await SweepAsync()).ShouldBe(0);
        (await Store.Index.FindAsync(Id(1), None)).ShouldBeNull();
        (await Blobs.FindAsync(blob.Digest, None)).ShouldBe(blob, "the other one is at work");

        await AppendAsync(Complete(Start(second)));
        Clock.Advance(TimeSpan.FromDays(8));
        (await SweepAsync()).ShouldBe(1);
        (await Blobs.FindAsync(blob.Digest, None)).ShouldBeNull();
    }

    [StoreFact]
    public async Task a_use_of_a_workflow_that_never_came_to_be_goes_and_a_renewed_one_stays()
    {
        var (left, used) = (await PutAsync("up-1", "left"), await PutAsync("up-2", "used"));
        await Blobs.UseAsync(Id(1), [left.Digest], None);
        await Blobs.UseAsync(Id(2), [used.Digest], None);
        Clock.Advance(Day);
        (await Blobs.UseAsync(Id(2), [used.Digest], None)).ShouldBeEmpty();
        Clock.Advance(Second);

        (await SweepAsync()).ShouldBe(1);

        (await Blobs.FindAsync(left.Digest, None)).ShouldBeNull();
        (await Blobs.FindAsync(used.Digest, None)).ShouldBe(used);
        await AppendAsync(Accept(Id(2)));
        Clock.Advance(TimeSpan.FromDays(400));
        (await SweepAsync()).ShouldBe(0);
        (await SweepAsync()).ShouldBe(0);
        (await Blobs.FindAsync(used.Digest, None)).ShouldBe(used);
    }

    [StoreFact]
    public async Task what_a_broken_upload_left_goes_a_day_after_its_last_part()
    {
        for (var number = 0; number < 20; number++)
        {
            await Blobs.WritePartAsync("broken", number, Bytes("part"), None);
        }

        Clock.Advance(Day);
        await Blobs.WritePartAsync("broken", 20, Bytes("late"), None);
        Clock.Advance(Second);
        await SweepAsync();
        (await PartsAsync()).ShouldBe(21, "it goes on");

        Clock.Advance(Day);
        await SweepAsync();
        (await PartsAsync()).ShouldBe(0);
        (await Blobs.CompleteAsync("broken", new BlobSummary(Summary("x").Digest, 84, 21, "text/plain"), None)).ShouldBe(BlobOutcome.Incomplete);
    }

    [StoreFact]
    public async Task many_go_in_small_batches()
    {
        for (var n = 0; n < 7; n++)
        {
            var blob = await PutAsync($"up-{n}", $"content {n}");
            await Blobs.UseAsync(Id(n), [blob.Digest], None);
        }

        Clock.Advance(Day + Second);
        (await Store.Retention(new RetentionOptions { BatchMax = 2 }).SweepAsync(None)).Blobs.ShouldBe(7);
        (await PartsAsync()).ShouldBe(0);
    }

    [StoreFact]
    public async Task puts_and_uses_beside_a_sweep_never_end_with_a_use_of_nothing()
    {
        var retention = Store.Retention(new RetentionOptions());
        for (var round = 0; round < 15; round++)
        {
            var blob = await PutAsync($"up-{round}", "contended");
            Clock.Advance(Day + Second);
            var sweep = retention.SweepAsync(None);
            var again = PutAsync($"again-{round}", "contended");
            var missing = await Blobs.UseAsync(Id(round + 1), [blob.Digest], None);
            await Task.WhenAll(sweep, again);

            if (missing.IsEmpty)
            {
                (await Blobs.FindAsync(blob.Digest, None)).ShouldBe(blob);
                (await Blobs.ReadPartAsync(blob.Digest, 0, None)).ShouldNotBeNull();
            }

            // Whatever came first, what was put after it stands.
            (await Blobs.FindAsync(blob.Digest, None)).ShouldNotBeNull();
        }
    }

    private async Task<long> SweepAsync() => (await Store.Retention(new RetentionOptions()).SweepAsync(None)).Blobs;

    private async Task AppendAsync(JournalAppend first, params Func<JournalAppend, JournalAppend>[] then)
    {
        foreach (var next in (Func<JournalAppend, JournalAppend>[])[last => last, .. then])
        {
            first = next(first);
            (await Store.Journal.AppendAsync(first, None)).ShouldBe(AppendOutcome.Appended.Instance);
        }
    }
}
