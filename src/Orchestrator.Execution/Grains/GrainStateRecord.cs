namespace Orchestrator.Execution.Grains;

/// <summary>A grain's record as it is stored.</summary>
/// <param name="ETag">Names this version of it; no other version ever has the same.</param>
public sealed record GrainStateRecord(ReadOnlyMemory<byte> State, string ETag);

/// <summary>A record among those of its grain type.</summary>
/// <param name="Key">The grain's key, without its type.</param>
public sealed record KeyedGrainState(string Key, ReadOnlyMemory<byte> State);

/// <summary>How a change of a grain's record ended.</summary>
public abstract record GrainStateOutcome
{
    private GrainStateOutcome()
    {
    }

    /// <summary>The change is durable.</summary>
    /// <param name="ETag">Of the record as it is now; null when it was removed.</param>
    public sealed record Done(string? ETag) : GrainStateOutcome;

    /// <summary>Somebody else has changed the record; nothing was written.</summary>
    /// <param name="Stored">The ETag that the store has; null when there is no record.</param>
    public sealed record Conflict(string? Stored) : GrainStateOutcome;
}
