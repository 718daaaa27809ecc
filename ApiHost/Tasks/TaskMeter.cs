using System.Diagnostics.Metrics;

namespace Orchestrator.ApiHost.Tasks;

/// <summary>What callers of <c>/orchestrate</c> ask for and get (S2-25, S2-26).</summary>
internal sealed class TaskMeter : IDisposable
{
    private readonly Meter meter = new("Orchestrator.Tasks");
    private readonly Counter<long> requests;
    private readonly Histogram<double> duration;

    public TaskMeter()
    {
        requests = meter.CreateCounter<long>("orchestrator_requests_total", description: "Tasks and requests given to the orchestrator, by kind and outcome.");
        duration = meter.CreateHistogram<double>("orchestrator_request_duration_seconds", "s", "Time to answer a task or request given to the orchestrator, by kind.");

        // A counter that is not there yet looks like one that was renamed.
        requests.Add(0, new("kind", "task"), new("outcome", "accepted"));
    }

    /// <param name="kind"><c>task</c>, <c>request</c>, or <c>unknown</c> for what could not be told apart.</param>
    /// <param name="refusal">The code under which it was refused; null when it was taken.</param>
    public void Count(string kind, string? refusal, TimeSpan elapsed)
    {
        requests.Add(1, new("kind", kind), new("outcome", refusal ?? "accepted"));
        duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
    }

    public void Dispose() => meter.Dispose();
}
