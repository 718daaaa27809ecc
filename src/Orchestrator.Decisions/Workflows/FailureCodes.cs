namespace Orchestrator.Decisions.Workflows;

/// <summary>Stable names of the failures that decisions make. Agents have codes of their own.</summary>
public static class FailureCodes
{
    public const string StepTimedOut = "step.timed_out";
    public const string AgentTimedOut = "agent.timeout";
    public const string BadExpression = "step.bad_expression";
    public const string BadItems = "step.bad_items";
    public const string OutcomeUnknown = "step.outcome_unknown";
    public const string Quarantined = "step.quarantined";
    public const string ApprovalRejected = "approval.rejected";
    public const string ApprovalExpired = "approval.expired";
    public const string PlanTimedOut = "plan.timed_out";
    public const string BadOutput = "plan.bad_output";
    public const string HistoryLimit = "workflow.history_limit";
}

/// <summary>Stable names of the reasons for which a workflow refuses a command.</summary>
public static class RefusalCodes
{
    public const string BadInput = "input.invalid";
    public const string Exists = "workflow.exists";
    public const string Unknown = "workflow.not_found";
    public const string Finished = "workflow.finished";
    public const string NotFailed = "workflow.not_failed";
    public const string Compensating = "workflow.compensating";
    public const string KeyReused = "idempotency.key_reused";
    public const string StepUnknown = "step.not_found";
    public const string StepNotWaiting = "step.not_waiting";
    public const string ApprovalDecided = "approval.decided";
    public const string ApprovalNotAllowed = "approval.not_allowed";
    public const string SignalsFull = "signal.too_many";
    public const string CompletionUnknown = "completion.not_found";
    public const string CompletionDiffers = "completion.conflict";
    public const string CompletionGone = "completion.gone";
    public const string CompletionTooLarge = "completion.too_large";
    public const string BlobUnknown = "blob.unknown";
    public const string BlobInvalid = "blob.invalid";
    public const string BlobTooLarge = "blob.too_large";
    public const string StorageUnavailable = "storage.unavailable";
    public const string StorageFull = "storage.full";
}
