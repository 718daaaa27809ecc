using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary;

namespace Orchestrator.Grains.Schedules;

/// <summary>The names of all schedules, as one record: a schedule's own changes do not pass here.</summary>
public sealed class ScheduleDirectoryGrain([PersistentState("schedules")] IPersistentState<StoredScheduleDirectory> stored, IOptions<ScheduleGrainOptions> options)
    : Grain, IScheduleDirectoryGrain
{
    /// <summary>Names in one answer.</summary>
    private const int PageMax = 1_000;

    public async Task<Refusal?> NoteAsync(string name, CancellationToken cancellationToken = default)
    {
        var names = stored.State.Names;
        if (names.Contains(name))
        {
            return null;
        }

        if (names.Count >= options.Value.NamesMax)
        {
            return new Refusal("schedule.too_many", $"There are {names.Count} schedules, which is as many as may be.");
        }

        await StoreAsync([.. names, name]);
        return null;
    }

    public Task ForgetAsync(string name, CancellationToken cancellationToken = default) =>
        stored.State.Names.Contains(name) ? StoreAsync([.. stored.State.Names.Where(other => other != name)]) : Task.CompletedTask;

    public Task<ImmutableArray<string>> ListAsync(string? after, int limit, CancellationToken cancellationToken = default) => Task.FromResult<ImmutableArray<string>>(
    [
        .. stored.State.Names.Where(name => string.CompareOrdinal(name, after) > 0).Order(StringComparer.Ordinal).Take(Math.Clamp(limit, 1, PageMax)),
    ]);

    private Task StoreAsync(List<string> names) => stored.KeepAsync(new StoredScheduleDirectory { Names = names });
}
