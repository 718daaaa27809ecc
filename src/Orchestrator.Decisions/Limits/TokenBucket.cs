using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Decisions.Limits;

/// <summary>
/// A token bucket (J. Turner, 1986; the meter of RFC 2697 with one colour), refilled continuously and counted in whole numbers, so that no
/// rounding ever gives a token early: one token is as many units as there are ticks in the period, and each tick brings as many units as tokens a period.
/// </summary>
internal sealed class TokenBucket
{
    private readonly long amount;
    private readonly long unitsPerToken;
    private readonly Int128 capacity;
    private Int128 level;
    private long filledAt;

    /// <param name="full">Not so where a predecessor may have given the tokens out.</param>
    public TokenBucket(LimitRate rate, DateTimeOffset now, bool full = true)
    {
        Rate = rate;
        amount = rate.Amount;
        unitsPerToken = rate.Per.Ticks;
        capacity = (Int128)rate.Burst * unitsPerToken;
        level = full ? capacity : 0;
        filledAt = now.UtcTicks;
    }

    public TokenBucket(RateLimit limit, DateTimeOffset now, bool full = true)
        : this(RateOf(limit), now, full)
    {
    }

    public LimitRate Rate { get; }

    /// <summary>What one token takes of the bucket's time: the period shared out over its tokens.</summary>
    public double SecondsPerToken => Rate.Per.TotalSeconds / Rate.Amount;

    public static LimitRate RateOf(RateLimit limit) => new(limit.PerMinute, TimeSpan.FromMinutes(1), limit.Burst);

    /// <summary>A bucket of another shape with what this one holds, so that changing a limit is no way around it.</summary>
    public TokenBucket Reshaped(LimitRate rate, DateTimeOffset now)
    {
        Fill(now);
        var reshaped = new TokenBucket(rate, now);

        // Rounded down, so that a change never makes a part of a token more.
        var held = (level >= 0 ? level : level - unitsPerToken + 1) / unitsPerToken * reshaped.unitsPerToken;
        reshaped.level = rate.Per == Rate.Per ? Int128.Min(level, reshaped.capacity) : Int128.Min(held, reshaped.capacity);
        return reshaped;
    }

    public TokenBucket Reshaped(RateLimit limit, DateTimeOffset now) => Reshaped(RateOf(limit), now);

    public bool Has(DateTimeOffset now, long tokens = 1)
    {
        Fill(now);
        return level >= (Int128)tokens * unitsPerToken;
    }

    /// <summary>Whole tokens, less than none where more was used than there was.</summary>
    public long LevelAt(DateTimeOffset now)
    {
        Fill(now);
        return (long)((level >= 0 ? level : level - unitsPerToken + 1) / unitsPerToken);
    }

    /// <summary>Whether there is no less in this bucket than in the other.</summary>
    public bool HasAllOf(TokenBucket other, DateTimeOffset now)
    {
        Fill(now);
        other.Fill(now);
        return level >= other.level;
    }

    public bool IsFull(DateTimeOffset now)
    {
        Fill(now);
        return level == capacity;
    }

    /// <summary>Takes them whether they are there or not; what is missing is a debt that the next ones wait for.</summary>
    public void Take(DateTimeOffset now, long tokens = 1)
    {
        Fill(now);
        level -= (Int128)tokens * unitsPerToken;
    }

    /// <summary>Goes on from what was left at a moment.</summary>
    public void Restore(long tokens, DateTimeOffset at) => (level, filledAt) = (Int128.Min(capacity, (Int128)tokens * unitsPerToken), at.UtcTicks);

    public void Return(long tokens = 1) => level = Int128.Min(capacity, level + ((Int128)tokens * unitsPerToken));

    /// <summary>When there will be <paramref name="tokens"/> tokens if nobody takes one; more than the burst are counted as they come and go.</summary>
    public DateTimeOffset TimeOf(long tokens, DateTimeOffset now)
    {
        Fill(now);
        var missing = ((Int128)tokens * unitsPerToken) - level;
        return missing <= 0 ? now : now.AddTicks((long)Int128.Min((missing + amount - 1) / amount, DateTimeOffset.MaxValue.UtcTicks - now.UtcTicks));
    }

    private void Fill(DateTimeOffset now)
    {
        var ticks = now.UtcTicks;
        var elapsed = ticks - filledAt;

        // A clock that was set back brings nothing; counting goes on from where it stands now.
        filledAt = ticks;
        if (elapsed > 0)
        {
            level = Int128.Min(capacity, level + ((Int128)elapsed * amount));
        }
    }
}
