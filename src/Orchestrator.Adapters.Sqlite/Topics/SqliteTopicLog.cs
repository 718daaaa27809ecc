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

    /// <summary>One append on its way into a transaction, encoded where it came from and not where everybody waits.</summary>
    private sealed class AppendTopic : StoreWrite<TopicAppendOutcome>
    {
        // A row, its index entry and the bookkeeping of a page.
        private const int RowBytes = 256;

        private readonly TopicAppend append;
        private readonly (string? Attributes, byte[] Data)[] encoded;

        public AppendTopic(TopicAppend append)
        {
            if (append.Events.IsDefaultOrEmpty)
            {
                throw new ArgumentException($"An append to topic {append.Topic} holds no events.", nameof(append));
            }

            this.append = append;
            encoded = [.. append.Events.Select(given => (TopicTable.Attributes(given), given.Data.Utf8.ToArray()))];
            Bytes = append.Events.Sum(given => given.Bytes + RowBytes);
        }

        public override int Bytes { get; }

        protected override TopicAppendOutcome Run(WriterSession session)
        {
            var topics = session.Topics;
            if (TopicTable.Head(session.Connection, append.Topic) is not { } head)
            {
                if (topics.Count() is var count && count >= append.TopicsMax)
                {
                    return new TopicAppendOutcome.TooManyTopics(count);
                }

                head = topics.Begin(append.Topic);
            }

            var last = head.Last;
            var at = Math.Max(append.At.UtcTicks, head.LastAt);
            var places = ImmutableArray.CreateBuilder<TopicPlace>(append.Events.Length);
            for (var i = 0; i < append.Events.Length; i++)
            {
                var given = append.Events[i];
                if (topics.NumberOf(head.Key, given) is { } known)
                {
                    places.Add(new(known, Replayed: true));
                    continue;
                }

                topics.Insert(head.Key, ++last, at, given, encoded[i].Attributes, encoded[i].Data);
                places.Add(new(last, Replayed: false));
            }

            if (last > head.Last)
            {
                topics.SetLast(head with { Last = last, LastAt = at });
            }

            return new TopicAppendOutcome.Appended(places.MoveToImmutable(), last);
        }
    }

    private sealed class TrimTopic(TopicName topic, TopicKept kept, int limit) : StoreWrite<int>
    {
        public override int Bytes => 4_096;

        protected override int Run(WriterSession session) => session.Topics.Trim(topic, kept.Since.UtcTicks, kept.CountMax, limit);
    }
}
