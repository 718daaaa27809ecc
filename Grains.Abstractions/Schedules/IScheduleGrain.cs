using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.Grains.Schedules;

/// <summary>One schedule. The key is its name.</summary>
/// <remarks>
/// Every command is safe to send twice, and durable when its task completes. A window is decided on once and starts one workflow, whose id follows from it, whatever crashes between: see
/// <see cref="OverlapPolicy"/> and <see cref="CatchUpPolicy"/> for which windows start one. It wakes by a timer, and by a reminder within a minute after all of its silos were gone.
/// </remarks>
[Alias("schedule")]
public interface IScheduleGrain : IGrainWithStringKey
{
    /// <summary>Stores the schedule. A new one has the windows after now; one that takes another's place has those from now on, and what was decided stays decided. The same again changes nothing.</summary>
    /// <param name="expectedVersion">The version to replace; <c>""</c> for none yet, null for whichever there is. Another one is refused with <c>schedule.version</c>.</param>
    [Alias("put")]
    Task<ScheduleReply> PutAsync(Schedule schedule, string? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>The schedule as it stands, with at most <paramref name="next"/> (0 to 100) windows to come; null when there is none.</summary>
    [Alias("get")]
    Task<ScheduleView?> GetAsync(int next, CancellationToken cancellationToken = default);

    /// <summary>Forgets the schedule and what waits. Workflows that run go on. Without one it changes nothing.</summary>
    [Alias("remove")]
    Task<ScheduleReply> RemoveAsync(string? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>Windows start nothing until <see cref="ResumeAsync"/>; they are counted. What waits goes on waiting for what runs, and then starts.</summary>
    [Alias("pause")]
    Task<ScheduleReply> PauseAsync(string? note, CancellationToken cancellationToken = default);

    [Alias("resume")]
    Task<ScheduleReply> ResumeAsync(string? note, CancellationToken cancellationToken = default);

    /// <summary>Starts a workflow now, also of a paused schedule, as the overlap policy allows.</summary>
    /// <param name="id">1 to 32 letters and digits. The same again starts nothing more.</param>
    /// <param name="overlap">Another policy than the schedule's, for this once.</param>
    [Alias("trigger")]
    Task<ScheduleReply> TriggerAsync(string id, OverlapPolicy? overlap = null, CancellationToken cancellationToken = default);

    /// <summary>Starts the windows from <paramref name="from"/> to <paramref name="to"/>, both included, that have passed and whose workflow is not there yet. Asked for again it starts nothing more.</summary>
    /// <remarks>More windows than the limit (<c>Schedules:BackfillMax</c>) are refused with <c>schedule.too_many_windows</c>, and none is started.</remarks>
    [Alias("backfill")]
    Task<ScheduleReply> BackfillAsync(DateTimeOffset from, DateTimeOffset to, OverlapPolicy? overlap = null, CancellationToken cancellationToken = default);
}

/// <summary>Which schedules there are. The key is always <see cref="Key"/>.</summary>
[Alias("schedule-directory")]
public interface IScheduleDirectoryGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Notes a name, durably, or refuses one too many with <c>schedule.too_many</c>. One that is noted changes nothing.</summary>
    [Alias("note")]
    Task<Refusal?> NoteAsync(string name, CancellationToken cancellationToken = default);

    [Alias("forget")]
    Task ForgetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>In order, from the one after <paramref name="after"/>. A name may be there a moment before its schedule, or a moment longer.</summary>
    [Alias("list")]
    Task<ImmutableArray<string>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default);
}

/// <param name="Version">Of the definition: the strong ETag of the API. Null when there is no schedule.</param>
/// <param name="Windows">Of a backfill: windows that are started or wait, those of an earlier one apart.</param>
/// <param name="Workflow">Of a trigger: the workflow's id.</param>
[GenerateSerializer, Immutable, Alias("schedule-reply")]
public sealed record ScheduleReply(
    [property: Id(0)] string? Version, [property: Id(1)] Refusal? Refusal = null, [property: Id(2)] int Windows = 0, [property: Id(3)] string? Workflow = null);
