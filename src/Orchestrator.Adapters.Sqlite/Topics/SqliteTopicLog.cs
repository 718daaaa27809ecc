using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Adapters.Sqlite.Topics;

/// <summary>The topics of this process, appended through the writer that commits everything else in groups.</summary>
internal sealed class SqliteTopicLog(StoreWriter writer, ReadPool reads) : ITopicLog
{
    public async ValueTask<TopicAppendOutcome> AppendAsync(TopicAppend append, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new AppendTopic(append), cancellationToken);

    public ValueTask<TopicPage> ReadAsync(TopicName topic, long after, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => InOneMoment(connection, () => TopicTable.Read(connection, topic, after, limit)), cancellationToken);

    public ValueTask<ImmutableArray<TopicSummary>> ListAsync(TopicName? after, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => TopicTable.List(connection, after, limit), cancellationToken);

    public async ValueTask<int> TrimAsync(TopicName topic, TopicKept kept, int limit, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new TrimTopic(topic, kept, limit), cancellationToken);

    // Two statements see two moments unless a transaction holds the first.
    private static T InOneMoment<T>(SqliteConnection connection, Func<T> read)
    {
        connection.Prepared("BEGIN").Run();
        var found = read();
        connection.Prepared("COMMIT").Run();
        return found;
    }

    private sealed class AppendTopic : StoreWrite<TopicAppendOutcome>
    {
        private readonly TopicAppend append;
        private readonly TopicEntries entries;

        public AppendTopic(TopicAppend append)
        {
            if (append.Events.IsDefaultOrEmpty)
            {
                throw new ArgumentException($"An append to topic {append.Topic} holds no events.", nameof(append));
            }

            this.append = append;
            entries = new TopicEntries(append.Events);
        }

        public override int Bytes => entries.Bytes;

        protected override TopicAppendOutcome Run(WriterSession session) => entries.AppendTo(session.Topics, append.Topic, append.At, append.TopicsMax);
    }

    private sealed class TrimTopic(TopicName topic, TopicKept kept, int limit) : StoreWrite<int>
    {
        public override int Bytes => 4_096;

        protected override int Run(WriterSession session) => session.Topics.Trim(topic, kept.Since.UtcTicks, kept.CountMax, limit);
    }
}
