using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.SiloHosting.Workflows;

/// <summary>Tells operators how the sweeper fares: counters, the age of its last success, and at most one log line a second for one cause.</summary>
internal sealed partial class SweepJournal : ISweepObserver
{
    public const string MeterName = "Orchestrator.Sweeper";

    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(1);

    /// <summary>Kinds of causes whose last line is remembered; beyond them a cause may be logged more often, never less.</summary>
    private const int CausesMax = 256;

    private readonly TimeProvider clock;
    private readonly ILogger<SweepJournal> logger;
    private readonly Counter<long> woken;
    private readonly Counter<long> failures;
    private readonly ConcurrentDictionary<string, long> loggedAt = new(StringComparer.Ordinal);
    private long lastLook;
    private long lastSuccess;

    public SweepJournal(TimeProvider clock, IMeterFactory meters, ILogger<SweepJournal> logger)
    {
        this.clock = clock;
        this.logger = logger;
        lastLook = lastSuccess = clock.GetTimestamp();
        var meter = meters.Create(MeterName);
        woken = meter.CreateCounter<long>("orc_sweeper_woken_total", description: "Workflows told to wake.");
        failures = meter.CreateCounter<long>("orc_sweeper_failures_total", description: "Looks and wakes that failed.");
        meter.CreateObservableGauge("orc_sweeper_last_success_age_seconds", () => SinceSuccess.TotalSeconds, description: "Since the store last told what is due.");
    }

    /// <summary>Since the loop last went round, whatever came of it.</summary>
    public TimeSpan SinceLook => clock.GetElapsedTime(Volatile.Read(ref lastLook));

    public TimeSpan SinceSuccess => clock.GetElapsedTime(Volatile.Read(ref lastSuccess));

    public void Swept(SweepKind kind, int woken)
    {
        var now = clock.GetTimestamp();
        Volatile.Write(ref lastLook, now);
        Volatile.Write(ref lastSuccess, now);
        if (woken > 0)
        {
            this.woken.Add(woken, KeyValuePair.Create<string, object?>("kind", Word(kind)));
        }
    }

    public void SweepFailed(SweepKind kind, Exception cause)
    {
        Volatile.Write(ref lastLook, clock.GetTimestamp());
        failures.Add(1, KeyValuePair.Create<string, object?>("kind", Word(kind)));
        if (IsTimeToLog(cause))
        {
            LogSweepFailed(cause, Word(kind));
        }
    }

    public void WakeFailed(WorkflowId workflow, Exception cause)
    {
        failures.Add(1, KeyValuePair.Create<string, object?>("kind", "wake"));
        if (IsTimeToLog(cause))
        {
            LogWakeFailed(cause, workflow.Value);
        }
    }

    private bool IsTimeToLog(Exception cause)
    {
        var key = cause.GetType().Name;
        var now = clock.GetTimestamp();
        if (loggedAt.TryGetValue(key, out var last) && clock.GetElapsedTime(last, now) < LogEvery)
        {
            return false;
        }

        if (loggedAt.Count >= CausesMax)
        {
            loggedAt.Clear();
        }

        loggedAt[key] = now;
        return true;
    }

    private static string Word(SweepKind kind) => kind == SweepKind.Due ? "due" : "orphans";

    [LoggerMessage(EventId = 6001, EventName = "SweepFailed", Level = LogLevel.Error, Message = "Looking for {Kind} workflows failed; the next look comes at its usual time")]
    private partial void LogSweepFailed(Exception cause, string kind);

    [LoggerMessage(EventId = 6002, EventName = "WakeFailed", Level = LogLevel.Warning, Message = "Workflow {WorkflowId} could not be woken; it will be tried again")]
    private partial void LogWakeFailed(Exception cause, string workflowId);
}
