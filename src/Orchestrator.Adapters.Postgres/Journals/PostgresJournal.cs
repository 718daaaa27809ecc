using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Adapters.Postgres.Writing;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Journals;

/// <summary>The journal of all workflows of a cluster, committed in groups by each of its processes.</summary>
internal sealed class PostgresJournal(AppendLanes lanes, PostgresSource source) : IWorkflowJournal
{
    // A row holds the events of one append, from number first on. The append that holds the one after is the last whose first is not beyond it.
    private const string Read =
        """
        select frame from journal
        where workflow = $1 and first >= (select coalesce(max(first), 0) from journal where workflow = $1 and first <= $2)
        order by first
        """;

    public async ValueTask<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingAppend(append);

        return await lanes.Of(append.Workflow).AppendAsync(pending);
    }

    public ValueTask<ImmutableArray<JournalEntry>> ReadAsync(WorkflowId workflow, long after, int limit, CancellationToken cancellationToken) =>
        source.ReadAsync(
            async (connection, cancelled) =>
            {
                await using var command = new NpgsqlCommand(Read, connection)
                {
                    Parameters = { new() { Value = WorkflowKey.Of(workflow) }, new() { Value = after + 1 } },
                };
                await using var rows = await command.ExecuteReaderAsync(cancelled);
                var entries = ImmutableArray.CreateBuilder<JournalEntry>();
                while (entries.Count < limit && await rows.ReadAsync(cancelled))
                {
                    foreach (var entry in JsonSerializer.Deserialize(rows.GetFieldValue<byte[]>(0), VocabularyJson.Types.ImmutableArrayJournalEntry))
                    {
                        if (entry.Number > after && entries.Count < limit)
                        {
                            entries.Add(entry);
                        }
                    }
                }

                return entries.DrainToImmutable();
            },
            cancellationToken);
}
