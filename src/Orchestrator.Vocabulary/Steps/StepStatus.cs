using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Steps;

/// <summary>Where a step is in its life. The last six are final.</summary>
[GenerateSerializer, Alias("step-status")]
[JsonConverter(typeof(SnakeCaseEnumConverter<StepStatus>))]
public enum StepStatus
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>Its dependencies are not done.</summary>
    Pending = 1,

    /// <summary>Its agent has no room yet.</summary>
    Queued = 2,

    /// <summary>An attempt is out.</summary>
    Running = 3,

    /// <summary>The next attempt has a time.</summary>
    Retrying = 4,

    /// <summary>It waits for a timer, a person, a signal, a breaker or a limit.</summary>
    Waiting = 5,

    Completed = 6,
    Failed = 7,
    Cancelled = 8,
    TimedOut = 9,
    Skipped = 10,

    /// <summary>It had completed and was undone.</summary>
    Compensated = 11,
}

public static class StepStatusExtensions
{
    public static bool IsFinal(this StepStatus status) => status >= StepStatus.Completed;
}
