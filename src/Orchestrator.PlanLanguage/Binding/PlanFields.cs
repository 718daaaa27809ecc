using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Orchestrator.PlanLanguage.Binding;

/// <summary>Every field a plan's document may have. The published schema has the same, which a test checks.</summary>
public static class PlanFields
{
    public static ImmutableArray<string> Plan { get; } = ["id", "description", "mode", "parallel", "timeout", "inputs", "steps", "output", "fallbackPlan"];

    public static ImmutableArray<string> Input { get; } = ["name", "description", "required", "default"];

    public static ImmutableArray<string> Step { get; } =
    [
        "id", "agentId", "action", "input", "dependencies", "retryPolicy", "timeout", "when", "forEach", "onFailure", "fallback", "compensate",
        "approval", "sleep", "signal", "subPlan", "priority", "onUnknown", "limits",
    ];

    public static ImmutableArray<string> RetryPolicy { get; } =
        ["maxRetries", "backoffMs", "maxAttempts", "backoff", "kind", "initialInterval", "coefficient", "maxInterval", "jitter", "nonRetryable"];

    public static ImmutableArray<string> ForEach { get; } = ["items", "concurrency"];

    public static ImmutableArray<string> OnFailure { get; } = ["kind", "agent", "plan"];

    public static ImmutableArray<string> Fallback { get; } = ["agentId", "action", "plan"];

    public static ImmutableArray<string> Compensation { get; } = ["agentId", "action", "input", "retryPolicy"];

    public static ImmutableArray<string> Approval { get; } = ["prompt", "approvers", "quorum", "rejections", "expires", "onExpiry", "escalate"];

    public static ImmutableArray<string> Escalation { get; } = ["to", "after"];

    public static ImmutableArray<string> Limit { get; } = ["name", "key", "tokens"];

    public static ImmutableArray<string> PriorityWords { get; } = ["background", "low", "normal", "high", "critical"];

    /// <summary>What other systems call the same, for a "did you mean" that spelling cannot find.</summary>
    internal static FrozenDictionary<string, string> ElsewhereCalled { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["needs"] = "dependencies",
        ["dependsOn"] = "dependencies",
        ["depends_on"] = "dependencies",
        ["agent"] = "agentId",
        ["agent_id"] = "agentId",
        ["retry"] = "retryPolicy",
        ["retries"] = "retryPolicy",
        ["retry_policy"] = "retryPolicy",
        ["if"] = "when",
        ["condition"] = "when",
        ["foreach"] = "forEach",
        ["loop"] = "forEach",
        ["with"] = "input",
        ["params"] = "input",
        ["parameters"] = "inputs",
        ["name"] = "id",
        ["tasks"] = "steps",
        ["jobs"] = "steps",
        ["wait"] = "sleep",
        ["delay"] = "sleep",
        ["fallback"] = "fallbackPlan",
        ["undo"] = "compensate",
        ["workflow"] = "subPlan",
        ["limit"] = "limits",
        ["concurrencyKey"] = "limits",
        ["max_retries"] = "maxRetries",
        ["backoff_ms"] = "backoffMs",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
