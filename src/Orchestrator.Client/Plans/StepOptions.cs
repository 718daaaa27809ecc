namespace Orchestrator.Client.Plans;

/// <summary>How a step is done, beyond what it does.</summary>
public sealed record StepOptions
{
    /// <summary>Steps that are done before this one starts, beside those whose outputs it uses.</summary>
    public IReadOnlyList<IPlanStep> After { get; init; } = [];

    /// <summary>For each attempt.</summary>
    /// <value>10 ms to 30 days. The orchestrator's default without one.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>All attempts, the first one too.</summary>
    /// <value>1 or more. The default is 1.</value>
    public int Attempts { get; init; } = 1;

    /// <summary>Before the second attempt; each further pause is twice as long.</summary>
    /// <value>The default is 1 s.</value>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The plan goes on when the step fails, with null for its output.</summary>
    public bool ContinueOnFailure { get; init; }

    /// <summary>The agent that does it when the step has failed for good.</summary>
    public string? FallbackAgent { get; init; }

    /// <value>1 to 5, 5 the most urgent. The workflow's without one.</value>
    public int? Priority { get; init; }
}
