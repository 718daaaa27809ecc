namespace Orchestrator.Decisions.Limits;

/// <summary>What of a capacity outlives a crash.</summary>
internal sealed partial class LimitPool
{
    private TokenBucket? requestsKept;
    private TokenBucket? tokensKept;

    /// <summary>Whether a crash would leave no more than there is. What was never written down would be full.</summary>
    public bool IsKept(DateTimeOffset now) => IsKept(requests, requestsKept, now) && IsKept(tokens, tokensKept, now);

    public KeptLevel Keep(DateTimeOffset now) => new(Name, Keep(requests, now), Keep(tokens, now));

    /// <summary>Notes what has been written down; null when nothing was, because there was nothing to write.</summary>
    public void Kept(KeptLevel? level, DateTimeOffset at) =>
        (requestsKept, tokensKept) = (BucketOf(requests, level?.Requests, at), BucketOf(tokens, level?.Tokens, at));

    /// <summary>Goes on from what was written down before a crash.</summary>
    public void RestoreKept(KeptLevel level, DateTimeOffset at)
    {
        if (level.Requests is { } requestsLeft)
        {
            requests?.Restore(requestsLeft, at);
        }

        if (level.Tokens is { } tokensLeft)
        {
            tokens?.Restore(tokensLeft, at);
        }

        Kept(level, at);
    }

    private static bool IsKept(TokenBucket? bucket, TokenBucket? kept, DateTimeOffset now) =>
        bucket is null || !KeptRates.IsKept(bucket.Rate) || (kept is null ? bucket.IsFull(now) : kept.Rate == bucket.Rate && bucket.HasAllOf(kept, now));

    private static long? Keep(TokenBucket? bucket, DateTimeOffset now) =>
        bucket is null || !KeptRates.IsKept(bucket.Rate) ? null : bucket.LevelAt(now) - KeptRates.ChunkOf(bucket.Rate);

    private static TokenBucket? BucketOf(TokenBucket? bucket, long? left, DateTimeOffset at)
    {
        if (bucket is null || left is not { } tokens)
        {
            return null;
        }

        var kept = new TokenBucket(bucket.Rate, at);
        kept.Restore(tokens, at);
        return kept;
    }
}
