using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Adapters.Sqlite.Topics;

/// <summary>What appends have left to be told.</summary>
internal sealed class NewsTable(SqliteConnection connection)
{
    private readonly SqliteStatement insert = connection.Prepared("INSERT INTO news (event) VALUES (?1)");
    private readonly SqliteStatement remove = connection.Prepared("DELETE FROM news WHERE key = ?1");

    public static byte[] Encode(CloudEvent news) => JsonSerializer.SerializeToUtf8Bytes(news, VocabularyJson.Types.CloudEvent);

    public void Insert(byte[] news) => insert.Bind(1, news).Run();

    public void Remove(long key) => remove.Bind(1, key).Run();

    public static ImmutableArray<UntoldNews> Read(SqliteConnection connection, int limit)
    {
        var rows = connection.Prepared("SELECT key, event FROM news ORDER BY key LIMIT ?1").Bind(1, limit);
        var found = ImmutableArray.CreateBuilder<UntoldNews>();
        while (rows.Step())
        {
            found.Add(new UntoldNews(rows.Int64(0), JsonSerializer.Deserialize(rows.Blob(1), VocabularyJson.Types.CloudEvent)!));
        }

        return found.DrainToImmutable();
    }
}

/// <summary>The news of the workflows of this process.</summary>
internal sealed class SqliteWorkflowNews(StoreWriter writer, ReadPool reads) : IWorkflowNews
{
    public ValueTask<ImmutableArray<UntoldNews>> ReadAsync(int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(connection => NewsTable.Read(connection, limit), cancellationToken);

    public async ValueTask RemoveAsync(ImmutableArray<UntoldNews> told, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new RemoveNews(told), cancellationToken);

    private sealed class RemoveNews(ImmutableArray<UntoldNews> told) : StoreWrite<bool>
    {
        public override int Bytes => 64 * told.Length;

        protected override bool Run(WriterSession session)
        {
            foreach (var news in told)
            {
                session.News.Remove(news.Key);
            }

            return true;
        }
    }
}
