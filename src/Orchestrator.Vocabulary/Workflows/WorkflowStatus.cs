using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Workflows;

/// <summary>Where a workflow is in its life. The last four are final: a finished workflow never changes.</summary>
[GenerateSerializer, Alias("workflow-status")]
[JsonConverter(typeof(SnakeCaseEnumConverter<WorkflowStatus>))]
public enum WorkflowStatus
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>Accepted; nothing has been started.</summary>
    Queued = 1,

    Running = 2,

    /// <summary>Every unfinished step waits for a timer, a person, a signal, a breaker, a limit or its next attempt.</summary>
    Waiting = 3,

    /// <summary>A person paused it: what is out may finish, nothing new starts.</summary>
    Paused = 4,

    /// <summary>It has failed and undoes what it did.</summary>
    Compensating = 5,

    Completed = 6,
    Failed = 7,
    Cancelled = 8,
    TimedOut = 9,
}

public static class WorkflowStatusExtensions
{
    public static bool IsFinal(this WorkflowStatus status) => status >= WorkflowStatus.Completed;
}
