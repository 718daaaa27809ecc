using System.Text;
using Orchestrator.Execution.Grains;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class When_grains_keep_records : IAsyncLifetime
{
    private const string Grain = "session/ada";
    private const string Name = "memory";

    private readonly TemporaryFolder folder = new();
    private OpenStore open;

    public When_grains_keep_records() => open = OpenStore.In(folder.Path);

    private static CancellationToken None => CancellationToken.None;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await open.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task a_record_is_there_after_the_next_start()
    {
        (await open.Store.GrainState.ReadAsync(Grain, Name, None)).ShouldBeNull();
        var etag = await Done(Write("first", etag: null));
        etag = await Done(Write("second", etag));

        await open.DisposeAsync();
        open = OpenStore.In(folder.Path);

        var record = (await open.Store.GrainState.ReadAsync(Grain, Name, None)).ShouldNotBeNull();
        Encoding.UTF8.GetString(record.State.Span).ShouldBe("second");
        record.ETag.ShouldBe(etag);
        (await open.Store.GrainState.ReadAsync(Grain, "other", None)).ShouldBeNull();
        (await open.Store.GrainState.ReadAsync("session/bob", Name, None)).ShouldBeNull();
    }

    [Fact]
    public async Task who_has_not_read_the_last_version_cannot_write_or_clear()
    {
        var first = await Done(Write("first", etag: null));
        var second = await Done(Write("second", first));

        (await Write("late", first)).ShouldBe(new GrainStateOutcome.Conflict(second));
        (await Write("blind", etag: null)).ShouldBe(new GrainStateOutcome.Conflict(second));
        (await open.Store.GrainState.ClearAsync(Grain, Name, first, None)).ShouldBe(new GrainStateOutcome.Conflict(second));
        Encoding.UTF8.GetString((await open.Store.GrainState.ReadAsync(Grain, Name, None))!.State.Span).ShouldBe("second");
    }

    [Fact]
    public async Task a_record_that_was_cleared_and_made_anew_is_not_the_old_one()
    {
        var old = await Done(Write("old", etag: null));
        (await open.Store.GrainState.ClearAsync(Grain, Name, old, None)).ShouldBe(new GrainStateOutcome.Done(ETag: null));
        (await open.Store.GrainState.ReadAsync(Grain, Name, None)).ShouldBeNull();
        (await Write("from the dead", old)).ShouldBe(new GrainStateOutcome.Conflict(Stored: null));

        var anew = await Done(Write("anew", etag: null));
        (await Write("from the dead", old)).ShouldBe(new GrainStateOutcome.Conflict(anew));

        await open.DisposeAsync();
        open = OpenStore.In(folder.Path);
        (await open.Store.GrainState.ClearAsync(Grain, Name, anew, None)).ShouldBeOfType<GrainStateOutcome.Done>();
        (await Done(Write("after the restart", etag: null))).ShouldNotBeOneOf(old, anew);
    }

    [Fact]
    public async Task of_many_writers_exactly_one_wins()
    {
        var first = await Done(Write("first", etag: null));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Write($"writer {n}", first)));

        outcomes.Count(outcome => outcome is GrainStateOutcome.Done).ShouldBe(1);
    }

    [Fact]
    public async Task an_empty_record_is_a_record()
    {
        var etag = await Done(Write("", etag: null));

        (await open.Store.GrainState.ReadAsync(Grain, Name, None)).ShouldNotBeNull().ETag.ShouldBe(etag);
    }

    [Fact]
    public async Task reminders_are_there_after_the_next_start_until_they_are_removed()
    {
        var daily = new GrainReminder(Grain, "daily", DateTimeOffset.UnixEpoch.AddTicks(7), TimeSpan.FromDays(1));
        var weekly = new GrainReminder(Grain, "weekly", DateTimeOffset.UnixEpoch, TimeSpan.FromDays(7));
        await open.Store.Reminders.WriteAsync(weekly, None);
        await open.Store.Reminders.WriteAsync(daily with { Period = TimeSpan.FromDays(2) }, None);
        await open.Store.Reminders.WriteAsync(daily, None);

        await open.DisposeAsync();
        open = OpenStore.In(folder.Path);
        (await open.Store.Reminders.ReadAllAsync(None)).ShouldBe([daily, weekly]);

        await open.Store.Reminders.RemoveAsync(Grain, "weekly", None);
        await open.Store.Reminders.RemoveAsync(Grain, "weekly", None);
        (await open.Store.Reminders.ReadAllAsync(None)).ShouldBe([daily]);
    }

    private static async Task<string> Done(Task<GrainStateOutcome> change) =>
        (await change).ShouldBeOfType<GrainStateOutcome.Done>().ETag.ShouldNotBeNull();

    private Task<GrainStateOutcome> Write(string text, string? etag) =>
        open.Store.GrainState.WriteAsync(Grain, Name, Encoding.UTF8.GetBytes(text), etag, None).AsTask();
}
