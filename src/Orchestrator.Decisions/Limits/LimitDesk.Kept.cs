using System.Collections.Immutable;

namespace Orchestrator.Decisions.Limits;

/// <summary>Rates that outlive a crash: what is to be written down before anybody is told of room, and what is made of it afterwards.</summary>
public sealed partial class LimitDesk
{
    private bool ratesKept;
    private bool tooManyToKeep;

    /// <summary>Whether a crash would leave no more of a capacity than there is. If not, nobody is told of room in it before <see cref="Keep"/> has been written.</summary>
    public bool IsKept(string pool, DateTimeOffset now) => tooManyToKeep || !pools.TryGetValue(pool, out var known) || known.IsKept(now);

    /// <summary>What is to be written down: every capacity that is not full, each with a chunk reserved ahead. Null when there are more than <see cref="KeptRates.PoolsMax"/>.</summary>
    public ImmutableArray<KeptLevel>? Keep(DateTimeOffset now)
    {
        var used = pools.Values.Where(pool => !pool.MayForget(now)).Take(KeptRates.PoolsMax + 1).ToList();
        return used.Count > KeptRates.PoolsMax ? null : [.. used.Select(pool => pool.Keep(now))];
    }

    /// <summary>What <see cref="Keep"/> gave has been written.</summary>
    /// <param name="at">The time at which it was asked for.</param>
    public void Kept(ImmutableArray<KeptLevel>? levels, DateTimeOffset at)
    {
        tooManyToKeep = levels is null;
        var byPool = (levels ?? []).ToDictionary(level => level.Pool, StringComparer.Ordinal);
        foreach (var pool in pools.Values)
        {
            pool.Kept(byPool.TryGetValue(pool.Name, out var level) ? level : null, at);
        }
    }

    /// <summary>What a predecessor that was lost had written down; what it had not was full. To be said before anybody asks.</summary>
    public void RestoreKept(ImmutableArray<KeptLevel> levels, DateTimeOffset at, DateTimeOffset now)
    {
        foreach (var level in levels)
        {
            Open(level.Pool, now).RestoreKept(level, at);
        }
    }

    /// <summary>Where a call draws on; null when nobody knows of it.</summary>
    public string? PoolOf(string ticket) => claims.TryGetValue(ticket, out var claim) ? claim.Pool.Name : null;
}
