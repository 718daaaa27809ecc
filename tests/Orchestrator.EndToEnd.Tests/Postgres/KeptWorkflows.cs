using System.Text.Json;
using Npgsql;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.EndToEnd.Tests.Postgres;

/// <summary>Everything the database holds of workflows, read past the product, and checked against what callers were told.</summary>
internal sealed class KeptWorkflows
{
    private readonly Dictionary<string, Row> rows = [];
    private readonly Dictionary<string, List<JournalEntry>> events = [];
    private readonly List<string> violations = [];

    public int Count => rows.Count;

    public IReadOnlyList<string> Violations => violations;

    public IReadOnlyList<string> Unfinished => [.. rows.Where(row => !row.Value.Status.IsFinal()).Select(row => row.Key)];

    /// <summary>Completed steps over all workflows.</summary>
    public int StepsCompleted { get; private set; }

    /// <summary>Attempts that were performed again because a process of ours had ended.</summary>
    public int Repeated { get; private set; }

    public static async Task<KeptWorkflows> ReadAsync(string connectionString)
    {
        var kept = new KeptWorkflows();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, SearchPath = "orchestrator" }.ConnectionString);
        await connection.OpenAsync();
        await using (var command = new NpgsqlCommand("select encode(id, 'hex'), version, status, due_at is not null, calls_out, steps_done, tags from workflow", connection))
        await using (var row = await command.ExecuteReaderAsync())
        {
            while (await row.ReadAsync())
            {
                var tags = row.IsDBNull(6) ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(6))!;
                kept.rows.Add(row.GetString(0), new(row.GetInt64(1), (WorkflowStatus)row.GetInt16(2), row.GetBoolean(3), row.GetInt32(4), row.GetInt32(5), tags.GetValueOrDefault("key")));
            }
        }

        await using (var command = new NpgsqlCommand("select encode(workflow, 'hex'), first, count, frame from journal order by workflow, first", connection))
        await using (var row = await command.ExecuteReaderAsync())
        {
            while (await row.ReadAsync())
            {
                var frame = JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(3), VocabularyJson.Types.ImmutableArrayJournalEntry);
                kept.Demand(frame.Length == row.GetInt32(2) && frame[0].Number == row.GetInt64(1), "I5", row.GetString(0), "a frame holds other events than its row says");
                if (!kept.events.TryGetValue(row.GetString(0), out var list))
                {
                    kept.events.Add(row.GetString(0), list = []);
                }

                list.AddRange(frame);
            }
        }

        kept.Check();
        return kept;
    }

    /// <summary>Holds what callers were told against what is kept: I1 and I2.</summary>
    public void Compare(Load load)
    {
        foreach (var (key, ids) in load.Acknowledged)
        {
            var id = ids.Distinct().ToList();
            Demand(id.Count == 1, "I2", key, $"the key was answered with {string.Join(" and ", id)}");
            Demand(id.TrueForAll(rows.ContainsKey), "I1", key, "its workflow was acknowledged and is not kept");
        }

        foreach (var same in rows.Where(row => row.Value.Key is not null).GroupBy(row => row.Value.Key).Where(same => same.Count() > 1))
        {
            Demand(false, "I2", same.Key!, $"the key has started {same.Count()} workflows");
        }
    }

    private void Check()
    {
        foreach (var (id, row) in rows)
        {
            var history = events.GetValueOrDefault(id, []);
            Demand(history.Select(entry => entry.Number).SequenceEqual(Enumerable.Range(1, history.Count).Select(n => (long)n)), "I5", id, "its events are not numbered 1 to n");
            Demand(history.Count == row.Version, "I5", id, $"its row is at version {row.Version}, and it has {history.Count} events");
            var state = history.Aggregate(new WorkflowState(new WorkflowId(id)), (before, entry) => WorkflowEvolution.Evolve(before, entry, WorkflowPolicy.Default));
            var replayed = WorkflowSummaries.Of(state, epoch: 0, WorkflowPolicy.Default);
            Demand(replayed.Status == row.Status && replayed.StepsDone == row.StepsDone && replayed.CallsOut == row.CallsOut, "I5", id, $"its events add up to {replayed.Status}, its row says {row.Status}");
            Demand(row.Status.IsFinal() || row.IsDue || row.CallsOut > 0, "I10", id, $"is {row.Status}, and nobody is named who wakes it");
            CheckOutcomes(id, history);
        }

        Demand(events.Keys.All(rows.ContainsKey), "I5", "journal", "it holds events of a workflow that has no row");
    }

    private void CheckOutcomes(string id, List<JournalEntry> history)
    {
        var ended = history.FindIndex(entry => entry.Event is WorkflowCompleted or WorkflowFailed or WorkflowCancelled or WorkflowTimedOut);
        Demand(ended < 0 || history.Skip(ended + 1).All(entry => entry.Event is LateAnswerKept), "I4", id, "something happened after its end");
        var completed = history.Select(entry => entry.Event).OfType<StepCompleted>().ToList();
        Demand(completed.Select(step => step.Step).Distinct().Count() == completed.Count, "I3", id, "a step has two outcomes");
        StepsCompleted += completed.Count;
        Repeated += history.Count(entry => entry.Event is StepRepeated);
    }

    private void Demand(bool holds, string invariant, string whom, string found)
    {
        if (!holds)
        {
            violations.Add($"{invariant} {whom}: {found}");
        }
    }

    private sealed record Row(long Version, WorkflowStatus Status, bool IsDue, int CallsOut, int StepsDone, string? Key);
}
