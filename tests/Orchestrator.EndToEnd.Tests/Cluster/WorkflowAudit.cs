using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;

namespace Orchestrator.EndToEnd.Tests.Cluster;

/// <summary>Reads back what a cluster was given and checks what it owes: nothing accepted is lost, everything ends, each step is recorded once.</summary>
public sealed class WorkflowAudit(HttpClient http)
{
    private const int Readers = 8;

    private static readonly HashSet<string> Ends = ["workflow.completed", "workflow.failed", "workflow.timed-out", "workflow.cancelled"];

    /// <summary>Asks until every workflow has ended or the limit has passed; says which have not.</summary>
    public async Task<IReadOnlyList<string>> UnfinishedAfterAsync(IEnumerable<string> workflows, TimeSpan limit)
    {
        var began = TimeProvider.System.GetTimestamp();
        var open = workflows.ToList();
        while (true)
        {
            var left = new ConcurrentBag<string>();
            await ForEachAsync(open, async id =>
            {
                var workflow = await http.GetFromJsonAsync<JsonElement>("workflows/" + id);
                if (workflow.GetProperty("finishedAt").ValueKind == JsonValueKind.Null)
                {
                    left.Add(id);
                }
            });
            open = [.. left];
            if (open.Count == 0 || TimeProvider.System.GetElapsedTime(began) > limit)
            {
                return open;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }
    }

    /// <summary>One line for each rule that a workflow breaks; empty when all is well.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync(IEnumerable<string> workflows, int stepsEach)
    {
        var violations = new ConcurrentBag<string>();
        await ForEachAsync(workflows, async id =>
        {
            foreach (var violation in ViolationsOf(await HistoryAsync(id), stepsEach))
            {
                violations.Add($"{id}: {violation}");
            }
        });
        return [.. violations];
    }

    private static IEnumerable<string> ViolationsOf(IReadOnlyList<JsonElement> history, int stepsEach)
    {
        for (var i = 0; i < history.Count; i++)
        {
            if (history[i].GetProperty("number").GetInt64() != i + 1)
            {
                yield return $"event {i + 1} has number {history[i].GetProperty("number")}";
                yield break;
            }
        }

        var completed = history.Where(entry => TypeOf(entry) is "step.completed").Select(StepOf).ToList();
        if (completed.Count != stepsEach || completed.Distinct(StringComparer.Ordinal).Count() != stepsEach)
        {
            yield return $"{completed.Count} outcomes of {completed.Distinct(StringComparer.Ordinal).Count()} steps are recorded instead of one for each of {stepsEach}";
        }

        if (TypeOf(history[^1]) is not "workflow.completed")
        {
            yield return "it ended otherwise: " + string.Join(" | ", history.Select(entry => $"{entry.GetProperty("at")} {TypeOf(entry)} {entry.GetProperty("data")}").Skip(1));
        }

        if (history.Count(entry => Ends.Contains(TypeOf(entry))) != 1)
        {
            yield return "it ended more than once";
        }
    }

    private async Task<IReadOnlyList<JsonElement>> HistoryAsync(string id)
    {
        var page = await http.GetFromJsonAsync<JsonElement>($"workflows/{id}/history?limit=200");
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    private static async Task ForEachAsync(IEnumerable<string> workflows, Func<string, Task> look) =>
        await Parallel.ForEachAsync(workflows, new ParallelOptions { MaxDegreeOfParallelism = Readers }, async (id, _) => await look(id));

    private static string TypeOf(JsonElement entry) => entry.GetProperty("type").GetString()!;

    private static string StepOf(JsonElement entry) => entry.GetProperty("data").GetProperty("step").GetString()!;
}
