using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Tests.Topics;
using Orchestrator.Execution.Topics;
using Orchestrator.Testing.Postgres;
using Orchestrator.Vocabulary.Topics;
using static Orchestrator.Testing.Topics.SampleEvents;

namespace Orchestrator.Adapters.Tests.Postgres;

[NeedsPostgres]
public sealed class Postgres_topics(PostgresDatabase database) : TopicLogContract, IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private PostgresStores? stores;
    private PostgresStore? store;

    protected override ITopicLog Log => store!.Topics;

    [StoreFact]
    public async Task silos_that_append_to_one_topic_at_once_leave_no_gap_and_take_every_event_once()
    {
        const int each = 40;
        var topic = new TopicName("shared");
        PostgresStore[] silos = [store!, await stores!.OpenAsync("silo-2"), await stores.OpenAsync("silo-3")];

        // Every silo sends events of its own and the ones that all of them send.
        await Task.WhenAll(silos.Select((silo, index) => Task.Run(async () =>
        {
            for (var number = 1; number <= each; number++)
            {
                await silo.Topics.AppendAsync(new TopicAppend(topic, [Sample(number, $"/silos/{index}"), Sample(number)], DateTimeOffset.UnixEpoch), CancellationToken.None);
            }
        })));

        var page = await silos[1].Topics.ReadAsync(topic, 0, 1_000, CancellationToken.None);
        page.Events.Select(kept => kept.Number).ShouldBe(Enumerable.Range(1, 4 * each).Select(number => (long)number));
        page.Events.Select(kept => (kept.Event.Source, kept.Event.Id)).Distinct().Count().ShouldBe(4 * each);
    }

    public async Task InitializeAsync()
    {
        stores = new PostgresStores(database);
        store = await stores.OpenAsync();
    }

    public async Task DisposeAsync() => await stores!.DisposeAsync();
}
