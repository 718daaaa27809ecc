using Orchestrator.Decisions.Workflows;

namespace Orchestrator.Execution.Journals;

/// <summary>This start of this process, and what has become of the others on the same store.</summary>
public interface IProcessEpoch
{
    /// <summary>The number of this start. Each start has a higher one than every start before it on the same store.</summary>
    long Current { get; }

    /// <summary>Whose starts are counted: a name that outlives restarts, such as the silo's. A new start of an owner shows that its earlier ones have ended. Where one process has the store to itself, it needs none.</summary>
    string Owner { get; }

    /// <summary>No other process can be at work on this store: whatever an earlier start had under way ended with it. Of a store that several may share this is never known.</summary>
    bool IsAlone => false;

    /// <summary>The store counts this start as lost, for good: others take over what it owes. It is fenced and does no harm, and only a restart makes it useful again.</summary>
    bool CountsAsLost => false;

    /// <summary>How far this process's clock is ahead of the store's, negative when behind, as last compared. Zero where both have one clock.</summary>
    TimeSpan ClockSkew => TimeSpan.Zero;

    /// <summary>What has become of a start, its own included. Answers at once, from what is known here; never throws for a number.</summary>
    /// <remarks>
    /// What is known may be a few seconds old, so a start that has ended may still count as running; never the other way round, but for one that was cut off
    /// from the store for so long that it counts as lost. No answer but <see cref="ProcessFate.Running"/> is ever taken back. A number that the store has
    /// forgotten is <see cref="ProcessFate.Lost"/>; one higher than all it knew when it was last asked is of a process that has just begun, and runs.
    /// </remarks>
    ProcessFate FateOf(long epoch);
}
