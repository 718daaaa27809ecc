using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>The events: one row for each append, found by its workflow and the number of its last event.</summary>
internal sealed class JournalTable(SqliteConnection connection)
{
    private readonly SqliteStatement insert =
        connection.Prepared("INSERT INTO journal (workflow, last, count, at, frame) VALUES (?1, ?2, ?3, ?4, ?5)");

    /// <summary>The events of one append as they are stored: a JSON array, in order.</summary>
    public static byte[] Encode(ImmutableArray<JournalEntry> entries) =>
        JsonSerializer.SerializeToUtf8Bytes(entries, VocabularyJson.Types.ImmutableArrayJournalEntry);

    public void Insert(byte[] workflow, ImmutableArray<JournalEntry> entries, byte[] frame) =>
        insert.Bind(1, workflow).Bind(2, entries[^1].Number).Bind(3, entries.Length).Bind(4, entries[^1].At.UtcTicks).Bind(5, frame).Run();

    /// <summary>Reads at most <paramref name="limit"/> events from the one after <paramref name="after"/>.</summary>
    public static ImmutableArray<JournalEntry> Read(SqliteConnection connection, byte[] workflow, long after, int limit)
    {
        var rows = connection.Prepared("SELECT frame FROM journal WHERE workflow = ?1 AND last > ?2 ORDER BY last")
            .Bind(1, workflow).Bind(2, after);
        var entries = ImmutableArray.CreateBuilder<JournalEntry>();
        while (entries.Count < limit && rows.Step())
        {
            foreach (var entry in JsonSerializer.Deserialize(rows.Blob(0), VocabularyJson.Types.ImmutableArrayJournalEntry))
            {
                if (entry.Number > after && entries.Count < limit)
                {
                    entries.Add(entry);
                }
            }
        }

        rows.Reset();
        return entries.DrainToImmutable();
    }
}
