namespace Orchestrator.Testing.Servers;

/// <summary>What a server has written lately, and what it will write next.</summary>
internal sealed class ServerLog
{
    private const int LinesKept = 200;

    private readonly Lock gate = new();
    private readonly Queue<string> lines = new();
    private readonly List<(string[] Texts, TaskCompletionSource<string> Seen)> waiting = [];

    public string Tail
    {
        get
        {
            lock (gate)
            {
                return string.Join('\n', lines);
            }
        }
    }

    public void Add(string line)
    {
        lock (gate)
        {
            lines.Enqueue(line);
            if (lines.Count > LinesKept)
            {
                lines.Dequeue();
            }

            foreach (var wait in waiting.Where(wait => Array.Exists(wait.Texts, text => line.Contains(text, StringComparison.Ordinal))).ToList())
            {
                waiting.Remove(wait);
                wait.Seen.TrySetResult(line);
            }
        }
    }

    /// <summary>The next line that holds one of the texts; earlier lines do not count.</summary>
    public Task<string> Next(params string[] texts)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Add((texts, seen));
        }

        return seen.Task;
    }
}
