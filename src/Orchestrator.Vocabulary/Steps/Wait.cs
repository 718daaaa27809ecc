using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Steps;

/// <summary>What can hold a step up.</summary>
[GenerateSerializer, Alias("wait-kind")]
[JsonConverter(typeof(SnakeCaseEnumConverter<WaitKind>))]
public enum WaitKind
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,
    Dependency = 1,
    Timer = 2,
    Retry = 3,
    Capacity = 4,
    Limit = 5,
    Breaker = 6,
    Budget = 7,
    Approval = 8,
    Signal = 9,
    Paused = 10,

    /// <summary>The agent has taken the attempt on and answers later.</summary>
    Completion = 11,
}

/// <summary>A record of one wait: what <c>explain</c>, the console and the searchable sub-states show.</summary>
/// <param name="On">The thing that blocks: an agent, a limit's key, a signal's name, the steps not done.</param>
/// <param name="Position">Place in the queue when the wait was recorded, from 1, where there is a queue.</param>
/// <param name="Until">When the wait ends by itself, where it does.</param>
[GenerateSerializer, Immutable, Alias("wait")]
public sealed record Wait(
    [property: Id(0)] WaitKind Kind,
    [property: Id(1)] string On,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] int? Position = null,
    [property: Id(4)] DateTimeOffset? Until = null);
