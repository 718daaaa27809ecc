using System.Collections.Immutable;
using System.Data;
using System.Text.Json;
using Npgsql;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Adapters.Postgres.Journals;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Adapters.Postgres.Topics;

/// <summary>The topics of a cluster. Whoever appends to a topic or trims it holds its row meanwhile, so its numbers have one order and no gap.</summary>
internal sealed class PostgresTopicLog(PostgresSource source) : ITopicLog
{
    /// <summary>Under this number topics come to be one after the other, so that their limit is kept.</summary>
    private const long Beginning = 0x6F72_635F_746F_70;

    public async ValueTask<TopicAppendOutcome> AppendAsync(TopicAppend append, CancellationToken cancellationToken)
    {
        if (append.Events.IsDefaultOrEmpty)
        {
            throw new ArgumentException($"An append to topic {append.Topic} holds no events.", nameof(append));
        }

        return await source.RunAsync((connection, cancelled) => AppendAsync(connection, append, cancelled), cancellationToken);
    }

    public ValueTask<TopicPage> ReadAsync(TopicName topic, long after, int limit, CancellationToken cancellationToken) =>
        source.ReadAsync(
            async (connection, cancelled) =>
            {
                // Two statements see two moments unless a transaction holds the first.
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancelled);
                if (await HeadAsync(connection, topic, "", cancelled) is not { } head)
                {
                    return TopicPage.Empty;
                }

                var events = await connection.AllAsync(
                    "select number, at, event from topic_event where topic = $1 and number > $2 order by number limit $3",
                    row => new TopicEvent(
                        row.GetInt64(0), Rows.Time(row.GetInt64(1)), JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(2), VocabularyJson.Types.CloudEvent)!),
                    cancelled,
                    head.Key,
                    after,
                    limit);
                return new TopicPage(events, head.First, head.Last);
            },
            cancellationToken);

    public ValueTask<ImmutableArray<TopicSummary>> ListAsync(TopicName? after, int limit, CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.AllAsync(
                "select name, first, last, last_at from topic where name > $1 order by name limit $2",
                row => new TopicSummary(new TopicName(row.GetString(0)), row.GetInt64(1), row.GetInt64(2), Rows.Time(row.GetInt64(3))),
                cancelled,
                after?.Value ?? "",
                limit),
            cancellationToken);

    public ValueTask<int> TrimAsync(TopicName topic, TopicKept kept, int limit, CancellationToken cancellationToken) =>
        source.RunAsync(
            async (connection, cancelled) =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancelled);
                if (await HeadAsync(connection, topic, "for update", cancelled) is not { } head)
                {
                    return 0;
                }

                // Times never go back within a topic, so the first young event ends the old ones; the search is bounded by what may go at once.
                var young = await connection.FirstAsync<long?>(
                    "select min(number) from (select number, at from topic_event where topic = $1 and number >= $2 order by number limit $3) e where at >= $4",
                    row => row.IsDBNull(0) ? null : row.GetInt64(0),
                    cancelled,
                    head.Key,
                    head.First,
                    limit,
                    kept.Since.UtcTicks);
                var first = Math.Min(Math.Max(young ?? head.Last + 1, head.Last - kept.CountMax + 1), Math.Min(head.First + limit, head.Last + 1));
                if (first <= head.First)
                {
                    return 0;
                }

                var gone = await connection.ExecuteAsync("delete from topic_event where topic = $1 and number < $2", cancelled, head.Key, first);
                await connection.ExecuteAsync("update topic set first = $2 where key = $1", cancelled, head.Key, first);
                await transaction.CommitAsync(cancelled);
                return gone;
            },
            cancellationToken);

    private static async Task<TopicAppendOutcome> AppendAsync(NpgsqlConnection connection, TopicAppend append, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await HeadAsync(connection, append.Topic, "for update", cancellationToken) is not { } head)
        {
            await connection.ExecuteAsync("select pg_advisory_xact_lock($1)", cancellationToken, Beginning);
            var count = await connection.FirstAsync("select count(*) from topic where name <> $1", row => row.GetInt64(0), cancellationToken, append.Topic.Value);
            if (count >= append.TopicsMax)
            {
                return new TopicAppendOutcome.TooManyTopics(count);
            }

            await connection.ExecuteAsync(
                "insert into topic (name, first, last, last_at) values ($1, 1, 0, 0) on conflict (name) do nothing", cancellationToken, append.Topic.Value);
            head = (await HeadAsync(connection, append.Topic, "for update", cancellationToken))!;
        }

        var places = await PlacesAsync(connection, head, append, cancellationToken);
        var fresh = Enumerable.Range(0, places.Length)
            .Where(i => !places[i].Replayed).Select(i => (places[i].Number, Event: append.Events[i])).ToArray();
        if (fresh.Length > 0)
        {
            var at = Math.Max(append.At.UtcTicks, head.LastAt);
            await connection.ExecuteAsync(
                "insert into topic_event (topic, number, at, id, source, event) select $1, e.number, $2, e.id, e.source, e.event from unnest($3, $4, $5, $6) e(number, id, source, event)",
                cancellationToken,
                head.Key,
                at,
                fresh.Select(one => one.Number).ToArray(),
                fresh.Select(one => Rows.Text(one.Event.Id)).ToArray(),
                fresh.Select(one => Rows.Text(one.Event.Source)).ToArray(),
                fresh.Select(one => JsonSerializer.SerializeToUtf8Bytes(one.Event, VocabularyJson.Types.CloudEvent)).ToArray());
            head = head with { Last = fresh[^1].Number };
            await connection.ExecuteAsync("update topic set last = $2, last_at = $3 where key = $1", cancellationToken, head.Key, head.Last, at);
        }

        await transaction.CommitAsync(cancellationToken);
        return new TopicAppendOutcome.Appended(places, head.Last);
    }

    /// <summary>The number each event has, or is to have.</summary>
    private static async Task<ImmutableArray<TopicPlace>> PlacesAsync(NpgsqlConnection connection, Head head, TopicAppend append, CancellationToken cancellationToken)
    {
        var found = await connection.AllAsync(
            "select t.source, t.id, t.number from unnest($2, $3) e(source, id) join topic_event t on t.topic = $1 and t.source = e.source and t.id = e.id",
            row => (Identity: (row.GetString(0), row.GetString(1)), Number: row.GetInt64(2)),
            cancellationToken,
            head.Key,
            append.Events.Select(one => Rows.Text(one.Source)).ToArray(),
            append.Events.Select(one => Rows.Text(one.Id)).ToArray());
        var known = found.DistinctBy(one => one.Identity).ToDictionary(one => one.Identity, one => one.Number);
        var places = ImmutableArray.CreateBuilder<TopicPlace>(append.Events.Length);
        var last = head.Last;
        foreach (var given in append.Events)
        {
            var identity = (Rows.Text(given.Source)!, Rows.Text(given.Id)!);
            var replayed = known.TryGetValue(identity, out var number);
            if (!replayed)
            {
                known.Add(identity, number = ++last);
            }

            places.Add(new(number, replayed));
        }

        return places.MoveToImmutable();
    }

    private static Task<Head?> HeadAsync(NpgsqlConnection connection, TopicName topic, string locked, CancellationToken cancellationToken) =>
        connection.FirstAsync(
            $"select key, first, last, last_at from topic where name = $1 {locked}",
            row => new Head(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
            cancellationToken,
            topic.Value);

    private sealed record Head(long Key, long First, long Last, long LastAt);
}
