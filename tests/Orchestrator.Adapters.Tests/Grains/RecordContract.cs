using System.Text;
using Orchestrator.Execution.Grains;
using Orchestrator.Execution.Stores;

namespace Orchestrator.Adapters.Tests.Grains;

/// <summary>What every store must do with grains' records and reminders. Each store derives a class from it, on a store of its own.</summary>
public abstract class RecordContract
{
    private const string Grain = "session/ada";
    private const string Name = "memory";

    protected abstract IStore Store { get; }

    /// <summary>Ends the process in good order, and starts the next one on the same store.</summary>
    protected abstract Task RestartAsync();

    private static CancellationToken None => CancellationToken.None;

    [StoreFact]
    public async Task a_record_is_there_after_the_next_start()
    {
        (await Store.GrainState.ReadAsync(Grain, Name, None)).ShouldBeNull();
        var etag = await Done(Write("first", etag: null));
        etag = await Done(Write("second", etag));

        await RestartAsync();

        var record = (await Store.GrainState.ReadAsync(Grain, Name, None)).ShouldNotBeNull();
        Encoding.UTF8.GetString(record.State.Span).ShouldBe("second");
        record.ETag.ShouldBe(etag);
        (await Store.GrainState.ReadAsync(Grain, "other", None)).ShouldBeNull();
        (await Store.GrainState.ReadAsync("session/bob", Name, None)).ShouldBeNull();
    }

    [StoreFact]
    public async Task who_has_not_read_the_last_version_cannot_write_or_clear()
    {
        var first = await Done(Write("first", etag: null));
        var second = await Done(Write("second", first));

        (await Write("late", first)).ShouldBe(new GrainStateOutcome.Conflict(second));
        (await Write("blind", etag: null)).ShouldBe(new GrainStateOutcome.Conflict(second));
        (await Store.GrainState.ClearAsync(Grain, Name, first, None)).ShouldBe(new GrainStateOutcome.Conflict(second));
        Encoding.UTF8.GetString((await Store.GrainState.ReadAsync(Grain, Name, None))!.State.Span).ShouldBe("second");
    }

    [StoreFact]
    public async Task a_record_that_was_cleared_and_made_anew_is_not_the_old_one()
    {
        var old = await Done(Write("old", etag: null));
        (await Store.GrainState.ClearAsync(Grain, Name, old, None)).ShouldBe(new GrainStateOutcome.Done(ETag: null));
        (await Store.GrainState.ReadAsync(Grain, Name, None)).ShouldBeNull();
        (await Write("from the dead", old)).ShouldBe(new GrainStateOutcome.Conflict(Stored: null));

        var anew = await Done(Write("anew", etag: null));
        (await Write("from the dead", old)).ShouldBe(new GrainStateOutcome.Conflict(anew));

        await RestartAsync();
        (await Store.GrainState.ClearAsync(Grain, Name, anew, None)).ShouldBeOfType<GrainStateOutcome.Done>();
        (await Done(Write("after the restart", etag: null))).ShouldNotBeOneOf(old, anew);
    }

    [StoreFact]
    public async Task of_many_writers_exactly_one_wins()
    {
        var first = await Done(Write("first", etag: null));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Write($"writer {n}", first)));

        outcomes.Count(outcome => outcome is GrainStateOutcome.Done).ShouldBe(1);
    }

    [StoreFact]
    public async Task an_empty_record_is_a_record()
    {
        var etag = await Done(Write("", etag: null));

        (await Store.GrainState.ReadAsync(Grain, Name, None)).ShouldNotBeNull().ETag.ShouldBe(etag);
    }

    [StoreFact]
    public async Task records_of_one_type_are_listed_by_key()
    {
        foreach (var grain in new[] { "session/b", "session/a_1", "session/B", "session0/a", "sessions/a", "learner/a" })
        {
            await Store.GrainState.WriteAsync(grain, Name, Encoding.UTF8.GetBytes(grain), null, None);
        }

        await Store.GrainState.WriteAsync("session/c", "other", "x"u8.ToArray(), null, None);
        var all = await Store.GrainState.ListAsync("session", Name, null, 10, None);
        all.Select(record => record.Key).ShouldBe(["B", "a_1", "b"]);
        Encoding.UTF8.GetString(all[1].State.Span).ShouldBe("session/a_1");
        (await Store.GrainState.ListAsync("session", Name, null, 2, None)).Select(record => record.Key).ShouldBe(["B", "a_1"]);
        (await Store.GrainState.ListAsync("session", Name, "a_1", 2, None)).Select(record => record.Key).ShouldBe(["b"]);
        (await Store.GrainState.ListAsync("session", Name, "b", 2, None)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task reminders_are_there_after_the_next_start_until_they_are_removed()
    {
        var daily = new GrainReminder(Grain, "daily", DateTimeOffset.UnixEpoch.AddTicks(7), TimeSpan.FromDays(1));
        var weekly = new GrainReminder(Grain, "weekly", DateTimeOffset.UnixEpoch, TimeSpan.FromDays(7));
        await Store.Reminders.WriteAsync(weekly, None);
        await Store.Reminders.WriteAsync(daily with { Period = TimeSpan.FromDays(2) }, None);
        await Store.Reminders.WriteAsync(daily, None);

        await RestartAsync();
        (await Store.Reminders.ReadAllAsync(None)).ShouldBe([daily, weekly]);

        await Store.Reminders.RemoveAsync(Grain, "weekly", None);
        await Store.Reminders.RemoveAsync(Grain, "weekly", None);
        (await Store.Reminders.ReadAllAsync(None)).ShouldBe([daily]);
    }

    private static async Task<string> Done(Task<GrainStateOutcome> change) =>
        (await change).ShouldBeOfType<GrainStateOutcome.Done>().ETag.ShouldNotBeNull();

    private Task<GrainStateOutcome> Write(string text, string? etag) =>
        Store.GrainState.WriteAsync(Grain, Name, Encoding.UTF8.GetBytes(text), etag, None).AsTask();
}
