namespace Orchestrator.Vocabulary.Queues;

/// <summary>What is to become of a message.</summary>
public enum QueueVerdictKind
{
    /// <summary>Never given. Reading it is a fault.</summary>
    None = 0,

    /// <summary>What it asks for is kept: the queue may forget it.</summary>
    Accepted = 1,

    /// <summary>It may be taken on later as it is.</summary>
    Later = 2,

    /// <summary>It will never be taken on as it is: a person has to look.</summary>
    Never = 3,
}

/// <param name="Code">Stable; null for what was accepted.</param>
/// <param name="Reason">For a person; null for what was accepted.</param>
public sealed record QueueVerdict(QueueVerdictKind Kind, string? Code = null, string? Reason = null)
{
    public static QueueVerdict Accepted { get; } = new(QueueVerdictKind.Accepted);
}
