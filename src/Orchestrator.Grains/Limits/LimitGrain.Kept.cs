using System.Collections.Immutable;
using Orchestrator.Decisions.Limits;
using Orchestrator.Grains.Records;

namespace Orchestrator.Grains.Limits;

/// <summary>What of its rates a limit writes down, so that a crash gives nothing back that was used.</summary>
public sealed partial class LimitGrain
{
    /// <summary>Writes that one call may wait for: each reserves a chunk, which others may have used up by the time it is written.</summary>
    private const int KeepsMax = 100;

    /// <summary>Completes when a crash would leave no more of a capacity than there is. Most calls draw on what an earlier write has reserved, and wait for nothing.</summary>
    private async Task KeepAsync(string pool)
    {
        for (var write = 0; !desk.IsKept(pool, clock.GetUtcNow()); write++)
        {
            if (write == KeepsMax)
            {
                throw new InvalidOperationException($"Limit '{Name}' was written {KeepsMax} times, and each time others had used up what that reserved.");
            }

            await changes.MakeAsync(async () =>
            {
                // Whoever waited for the same write finds it done.
                var now = clock.GetUtcNow();
                if (limit is not null && !desk.IsKept(pool, now))
                {
                    var levels = desk.Keep(now);
                    await stored.KeepAsync(stored.State.Keeping(
                        levels is null ? null : KeptRates.NameOf(limit),
                        now,
                        [.. (levels ?? []).Select(level => new StoredLimit.Level { Pool = level.Pool, Requests = level.Requests, Tokens = level.Tokens })]));
                    desk.Kept(levels, now);
                }

                return new LimitChange(version);
            });
            if (limit is null)
            {
                return;
            }
        }
    }

    private ImmutableArray<KeptLevel> Kept => [.. stored.State.Kept.Select(level => new KeptLevel(level.Pool, level.Requests, level.Tokens))];
}
