using Orchestrator.Adapters.Tests.Retention;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Stores;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class Sqlite_retention : RetentionContract, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly OpenStore open;

    public Sqlite_retention() => open = OpenStore.In(folder.Path, clock: Clock);

    protected override IStore Store => open.Store;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await open.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task much_goes_in_many_small_transactions()
    {
        await Task.WhenAll(Enumerable.Range(1, 300).Select(n => Append(Accept(Id(n)), Start, Complete)));
        Clock.Advance(TimeSpan.FromDays(8));
        var commits = open.Store.Statistics.Commits;

        (await open.Store.Retention(new RetentionOptions { BatchMax = 10 }).SweepAsync(CancellationToken.None)).Workflows.ShouldBe(300);

        (open.Store.Statistics.Commits - commits).ShouldBeGreaterThanOrEqualTo(30);
    }
}
