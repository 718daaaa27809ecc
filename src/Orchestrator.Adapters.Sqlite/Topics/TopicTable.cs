using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Adapters.Sqlite.Topics;

/// <summary>A topic's row: where its numbers stand.</summary>
internal readonly record struct TopicHead(long Key, long First, long Last, long LastAt);

/// <summary>The topics and their events, for the writer. Where their numbers stand is read and written once in a transaction, however many append to them in it.</summary>
internal sealed class TopicTable(SqliteConnection connection)
{
    private readonly Dictionary<TopicName, TopicHead> heads = [];
    private readonly HashSet<TopicName> moved = [];

    private const string HeadByName = "SELECT key, first, last, last_at FROM topic WHERE name = ?1";

    private readonly SqliteStatement find = connection.Prepared("SELECT number FROM topic_event WHERE topic = ?1 AND source = ?2 AND id = ?3");

    private readonly SqliteStatement insert = connection.Prepared(
        "INSERT INTO topic_event (topic, number, at, id, source, type, subject, attributes, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

    public static TopicHead? Head(SqliteConnection connection, TopicName topic)
    {
        var row = connection.Prepared(HeadByName).Bind(1, topic.Value);
        if (!row.Step())
        {
            return null;
        }

        var head = new TopicHead(row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3));
        row.Reset();
        return head;
    }

    public TopicHead? Head(TopicName topic)
    {
        if (heads.TryGetValue(topic, out var known))
        {
            return known;
        }

        var head = Head(connection, topic);
        if (head is { } found)
        {
            heads.Add(topic, found);
        }

        return head;
    }

    public long Count() => connection.Scalar("SELECT count(*) FROM topic");

    public TopicHead Begin(TopicName topic)
    {
        connection.Prepared("INSERT INTO topic (name, first, last, last_at) VALUES (?1, 1, 0, 0)").Bind(1, topic.Value).Run();
        return Head(topic)!.Value;
    }

    public void SetLast(TopicName topic, in TopicHead head)
    {
        heads[topic] = head;
        moved.Add(topic);
    }

    /// <summary>Writes where the numbers stand now. Comes before the end of each transaction; one that is rolled back takes this table with it.</summary>
    public void Flush()
    {
        foreach (var topic in moved)
        {
            var head = heads[topic];
            connection.Prepared("UPDATE topic SET last = ?2, last_at = ?3 WHERE key = ?1").Bind(1, head.Key).Bind(2, head.Last).Bind(3, head.LastAt).Run();
        }

        moved.Clear();
        heads.Clear();
    }

    /// <summary>The number under which an event is kept.</summary>
    public long? NumberOf(long topic, CloudEvent given)
    {
        if (!find.Bind(1, topic).Bind(2, given.Source).Bind(3, given.Id).Step())
        {
            return null;
        }

        var number = find.Int64(0);
        find.Reset();
        return number;
    }

    public void Insert(long topic, long number, long at, CloudEvent given, string? attributes, byte[] data) => insert
        .Bind(1, topic).Bind(2, number).Bind(3, at).Bind(4, given.Id).Bind(5, given.Source).Bind(6, given.Type).Bind(7, given.Subject)
        .Bind(8, attributes).Bind(9, data).Run();

    /// <summary>Deletes at most <paramref name="limit"/> events from the old end, up to the first that is young enough and among the newest.</summary>
    public int Trim(TopicName topic, long sinceTicks, long countMax, int limit)
    {
        Flush();
        if (Head(connection, topic) is not { } head)
        {
            return 0;
        }

        // Times never go back within a topic, so the first young event ends the old ones; the search is bounded by what may go at once.
        var row = connection.Prepared(
                "SELECT min(number) FROM (SELECT number, at FROM topic_event WHERE topic = ?1 AND number >= ?2 ORDER BY number LIMIT ?3) WHERE at >= ?4")
            .Bind(1, head.Key).Bind(2, head.First).Bind(3, limit).Bind(4, sinceTicks);
        var young = row.Step() ? row.NullableInt64(0) : null;
        row.Reset();
        var first = Math.Max(young ?? head.Last + 1, head.Last - countMax + 1);
        first = Math.Min(first, head.First + limit);
        if (first <= head.First)
        {
            return 0;
        }

        connection.Prepared("DELETE FROM topic_event WHERE topic = ?1 AND number < ?2").Bind(1, head.Key).Bind(2, first).Run();
        var gone = connection.Changes();
        connection.Prepared("UPDATE topic SET first = ?2 WHERE key = ?1").Bind(1, head.Key).Bind(2, Math.Min(first, head.Last + 1)).Run();
        return gone;
    }

    public static TopicPage Read(SqliteConnection connection, TopicName topic, long after, int limit)
    {
        if (Head(connection, topic) is not { } head)
        {
            return TopicPage.Empty;
        }

        var rows = connection
            .Prepared(
                "SELECT number, at, id, source, type, subject, attributes, data FROM topic_event WHERE topic = ?1 AND number > ?2 ORDER BY number LIMIT ?3")
            .Bind(1, head.Key).Bind(2, after).Bind(3, limit);
        var events = ImmutableArray.CreateBuilder<TopicEvent>();
        while (rows.Step())
        {
            events.Add(new TopicEvent(
                rows.Int64(0),
                WorkflowTable.Time(rows.Int64(1)),
                new CloudEvent(
                    rows.Text(2), rows.Text(3), rows.Text(4), rows.NullableText(5), Payload.FromTrustedUtf8(rows.Blob(7).ToArray()),
                    WorkflowTable.ReadTags(rows.NullableText(6)))));
        }

        return new TopicPage(events.DrainToImmutable(), head.First, head.Last);
    }

    public static ImmutableArray<TopicSummary> List(SqliteConnection connection, TopicName? after, int limit)
    {
        var rows = connection.Prepared("SELECT name, first, last, last_at FROM topic WHERE name > ?1 ORDER BY name LIMIT ?2")
            .Bind(1, after?.Value ?? "").Bind(2, limit);
        var topics = ImmutableArray.CreateBuilder<TopicSummary>();
        while (rows.Step())
        {
            topics.Add(new TopicSummary(new TopicName(rows.Text(0)), rows.Int64(1), rows.Int64(2), WorkflowTable.Time(rows.Int64(3))));
        }

        return topics.DrainToImmutable();
    }

    public static string? Attributes(CloudEvent given) =>
        given.Attributes.IsEmpty ? null : JsonSerializer.Serialize(given.Attributes, VocabularyJson.Types.ImmutableSortedDictionaryStringString);
}
