using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary;

namespace Orchestrator.Adapters.Postgres.Topics;

/// <summary>The news of the workflows of all processes. A key may become visible after a higher one; it is then among the oldest of the next read.</summary>
internal sealed class PostgresNewsOutbox(PostgresSource source) : INewsOutbox
{
    public ValueTask<ImmutableArray<UntoldNews>> ReadAsync(int limit, CancellationToken cancellationToken) =>
        source.ReadAsync(
            (connection, cancelled) => connection.AllAsync(
                "select key, event from news order by key limit $1",
                row => new UntoldNews(row.GetInt64(0), JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(1), VocabularyJson.Types.CloudEvent)!),
                cancelled,
                limit),
            cancellationToken);

    public async ValueTask RemoveAsync(ImmutableArray<UntoldNews> told, CancellationToken cancellationToken) =>
        await source.RunAsync(
            (connection, cancelled) => connection.ExecuteAsync(
                "delete from news where key = any($1)", cancelled, told.Select(news => news.Key).Order().ToArray()),
            cancellationToken);
}
