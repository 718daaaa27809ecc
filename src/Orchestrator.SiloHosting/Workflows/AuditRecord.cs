using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Orchestrator.Execution.Audits;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.SiloHosting.Workflows;

/// <summary>Tells operators what the auditor finds. A workflow that breaks a rule is counted and logged once by each process, however often it is looked at.</summary>
/// <remarks>No health check is made of it: one broken workflow is for a person to look at, and no reason to take a silo from all others.</remarks>
internal sealed partial class AuditRecord : IAuditObserver
{
    public const string MeterName = "Orchestrator.Audit";

    /// <summary>Violations that are remembered; beyond them one may be told again, never less often.</summary>
    private const int RememberedMax = 10_000;

    private readonly TimeProvider clock;
    private readonly ILogger<AuditRecord> logger;
    private readonly Counter<long> violations;
    private readonly Counter<long> looked;
    private readonly Counter<long> failures;
    private readonly HashSet<(WorkflowId, AuditRule)> told = [];
    private long lastSuccess;

    public AuditRecord(TimeProvider clock, IMeterFactory meters, ILogger<AuditRecord> logger)
    {
        this.clock = clock;
        this.logger = logger;
        lastSuccess = clock.GetTimestamp();
        var meter = meters.Create(MeterName);
        violations = meter.CreateCounter<long>("orc_audit_violations_total", description: "Workflows found to break a rule that must never be broken, by rule. Anything but 0 is for a person to look at.");
        looked = meter.CreateCounter<long>("orc_audit_workflows_total", description: "Workflows looked at.");
        failures = meter.CreateCounter<long>("orc_audit_failures_total", description: "Passes that could not be finished.");
        meter.CreateObservableGauge("orc_audit_last_success_age_seconds", () => clock.GetElapsedTime(Volatile.Read(ref lastSuccess)).TotalSeconds, description: "Since a pass was last finished.");

        // So that each rule has its 0 from the start, and an alarm something to compare with.
        for (var rule = AuditRule.Final; rule <= AuditRule.Writer; rule++)
        {
            violations.Add(0, Tag(rule));
        }
    }

    public void Audited(int workflows)
    {
        Volatile.Write(ref lastSuccess, clock.GetTimestamp());
        looked.Add(workflows);
    }

    // The auditor calls from one turn at a time.
    public void Violated(WorkflowId workflow, AuditRule rule)
    {
        if (told.Count >= RememberedMax)
        {
            told.Clear();
        }

        if (told.Add((workflow, rule)))
        {
            violations.Add(1, Tag(rule));
            LogViolated(workflow.Value, rule.Word());
        }
    }

    public void AuditFailed(Exception cause)
    {
        failures.Add(1);
        LogFailed(cause);
    }

    private static KeyValuePair<string, object?> Tag(AuditRule rule) => new("rule", rule.Word());

    [LoggerMessage(EventId = 6011, EventName = "InvariantBroken", Level = LogLevel.Error,
        Message = "Workflow {WorkflowId} breaks the rule '{Rule}', which must always hold. It is left as it is; keep a copy of the store for whoever looks into it")]
    private partial void LogViolated(string workflowId, string rule);

    [LoggerMessage(EventId = 6012, EventName = "AuditFailed", Level = LogLevel.Warning, Message = "A pass over the kept workflows could not be finished; the next comes at its usual time")]
    private partial void LogFailed(Exception cause);
}
