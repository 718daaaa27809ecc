using Orchestrator.Adapters.Tests.Sqlite;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary.Topics;
using static Orchestrator.Testing.Topics.SampleEvents;

namespace Orchestrator.Adapters.Tests.Topics;

public sealed class Sqlite_topics : TopicLogContract, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private OpenStore open;

    public Sqlite_topics() => open = OpenStore.In(folder.Path);

    protected override ITopicLog Log => open.Store.Topics;

    [Fact]
    public async Task events_are_there_after_a_restart_and_known_by_their_ids()
    {
        var topic = new TopicName("restarted");
        await Log.AppendAsync(new TopicAppend(topic, Samples(1, 3), DateTimeOffset.UnixEpoch), CancellationToken.None);
        await open.DisposeAsync();
        open = OpenStore.In(folder.Path);

        var again = await Log.AppendAsync(new TopicAppend(topic, Samples(3, 4), DateTimeOffset.UnixEpoch), CancellationToken.None);

        again.ShouldBeOfType<TopicAppendOutcome.Appended>().Places.ShouldBe([new(3, true), new(4, false)]);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await open.DisposeAsync();
        folder.Dispose();
    }
}
