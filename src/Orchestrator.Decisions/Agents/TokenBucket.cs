using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>
/// A token bucket (J. Turner, 1986; the meter of RFC 2697 with one colour), refilled continuously and counted in whole numbers, so that no
/// rounding ever gives a token early: one token is as many units as there are ticks in a minute, and each tick brings as many units as tokens a minute.
/// </summary>
internal sealed class TokenBucket
{
    private const long UnitsPerToken = TimeSpan.TicksPerMinute;

    private readonly long perMinute;
    private readonly long capacity;
    private long level;
    private long filledAt;

    /// <param name="full">Not so where a predecessor may have given the tokens out.</param>
    public TokenBucket(RateLimit limit, DateTimeOffset now, bool full = true)
    {
        perMinute = limit.PerMinute;
        capacity = limit.Burst * UnitsPerToken;
        level = full ? capacity : 0;
        filledAt = now.UtcTicks;
    }

    /// <summary>A bucket of another shape with what this one holds, so that changing a limit is no way around it.</summary>
    public TokenBucket Reshaped(RateLimit limit, DateTimeOffset now)
    {
        Fill(now);
        var reshaped = new TokenBucket(limit, now);
        reshaped.level = Math.Min(level, reshaped.capacity);
        return reshaped;
    }

    public bool Has(DateTimeOffset now)
    {
        Fill(now);
        return level >= UnitsPerToken;
    }

    public void Take(DateTimeOffset now)
    {
        Fill(now);
        level -= UnitsPerToken;
    }

    public void Return() => level = Math.Min(capacity, level + UnitsPerToken);

    /// <summary>When there will be <paramref name="tokens"/> tokens if nobody takes one; more than the burst are counted as they come and go.</summary>
    public DateTimeOffset TimeOf(int tokens, DateTimeOffset now)
    {
        Fill(now);
        var missing = (tokens * UnitsPerToken) - level;
        return missing <= 0 ? now : now.AddTicks((missing + perMinute - 1) / perMinute);
    }

    private void Fill(DateTimeOffset now)
    {
        var ticks = now.UtcTicks;
        var elapsed = ticks - filledAt;

        // A clock that was set back brings nothing; counting goes on from where it stands now.
        filledAt = ticks;
        if (elapsed > 0)
        {
            level = elapsed > (capacity - level) / perMinute ? capacity : level + (elapsed * perMinute);
        }
    }
}
