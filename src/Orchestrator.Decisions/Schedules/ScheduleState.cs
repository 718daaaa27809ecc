using System.Collections.Immutable;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.Decisions.Schedules;

/// <summary>What is remembered of a schedule. Changed by <see cref="ScheduleDecisions"/> alone, and stored as a whole.</summary>
public sealed record ScheduleState(Schedule Definition, DateTimeOffset CreatedAt)
{
    /// <summary>Grows with every change of the definition.</summary>
    public long Revision { get; init; } = 1;

    public DateTimeOffset UpdatedAt { get; init; } = CreatedAt;

    /// <summary>All windows up to this one, itself included, have been decided on.</summary>
    public DateTimeOffset Cursor { get; init; } = CreatedAt;

    public bool Paused { get; init; }

    public string? Note { get; init; }

    public ScheduleCounts Counts { get; init; } = new();

    /// <summary>Starts that count towards the limit of actions.</summary>
    public long Taken { get; init; }

    /// <summary>Windows whose workflow is to be started and is not yet known to have been.</summary>
    public ImmutableArray<Occurrence> Owed { get; init; } = [];

    /// <summary>Windows that wait for what runs to end, oldest first.</summary>
    public ImmutableArray<Occurrence> Buffer { get; init; } = [];

    /// <summary>Workflows that were started and are not known to have ended.</summary>
    public ImmutableArray<RunningStart> Running { get; init; } = [];

    /// <summary>The newest first.</summary>
    public ImmutableArray<PastStart> Recent { get; init; } = [];

    public bool IsExhausted => Taken >= (Definition.ActionsMax ?? long.MaxValue);
}

/// <summary>One window, or one trigger, on its way to a workflow.</summary>
/// <param name="Workflow">The id of its workflow, which follows from the window: one window never starts two.</param>
public sealed record Occurrence(DateTimeOffset At, string Workflow, StartKind Kind);

/// <param name="Cancelled">Another window has taken its place, and it is told to end until it has.</param>
public sealed record RunningStart(string Workflow, bool Cancelled = false);

/// <summary>The limits schedules are decided under.</summary>
/// <param name="LateAfter">A window that is looked at so long after its time passed while nobody was there.</param>
/// <param name="CheckEvery">How often it is looked whether what runs has ended, while something waits for that.</param>
/// <param name="BufferMax">Windows that may wait with <see cref="OverlapPolicy.BufferAll"/>.</param>
/// <param name="OwedMax">Starts that may be owed at a time; further windows wait their turn.</param>
/// <param name="WindowsPerStep">Windows decided on before what was decided is kept.</param>
/// <param name="BackfillMax">Windows of one backfill.</param>
public sealed record SchedulePolicy(
    TimeSpan LateAfter, TimeSpan CheckEvery, int BufferMax = 100, int OwedMax = 100, int WindowsPerStep = 1_000, int BackfillMax = 1_000)
{
    /// <summary>Starts that are remembered to be shown.</summary>
    public const int RecentMax = 20;

    /// <summary>Workflows that are remembered to run; beyond that the oldest are taken to have ended.</summary>
    public const int RunningMax = 100;

    public static SchedulePolicy Default { get; } = new(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5));
}
