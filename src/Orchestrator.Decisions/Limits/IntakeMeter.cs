using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Decisions.Limits;

/// <summary>Whether one more request of a key is taken, with what the caller is told of its allowance.</summary>
/// <param name="Remaining">Requests that may come at once.</param>
/// <param name="ResetIn">When the allowance is whole again.</param>
/// <param name="RetryIn">When the next one may come; zero when this one is taken.</param>
public readonly record struct Intake(bool Taken, long Remaining, TimeSpan ResetIn, TimeSpan RetryIn);

/// <summary>Counts requests at a door, key by key: each has a token bucket of its own, so none can take another's allowance.</summary>
/// <remarks>
/// At most so many keys are kept apart. When there is one more, the key that has been silent longest is forgotten, and has a whole allowance when it comes
/// again. Not for use by several at the same time.
/// </remarks>
public sealed class IntakeMeter(LimitRate rate, int keysMax)
{
    private readonly Dictionary<string, LinkedListNode<(string Key, TokenBucket Bucket)>> keys = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, TokenBucket Bucket)> byLast = new();

    public int Keys => keys.Count;

    public Intake Ask(string key, DateTimeOffset now)
    {
        if (keys.TryGetValue(key, out var known))
        {
            byLast.Remove(known);
        }
        else
        {
            if (keys.Count >= keysMax)
            {
                keys.Remove(byLast.First!.Value.Key);
                byLast.RemoveFirst();
            }

            known = new((key, new TokenBucket(rate, now)));
            keys.Add(key, known);
        }

        byLast.AddLast(known);
        var bucket = known.Value.Bucket;
        var taken = bucket.Has(now);
        if (taken)
        {
            bucket.Take(now);
        }

        return new(taken, bucket.LevelAt(now), bucket.TimeOf(rate.Burst, now) - now, taken ? TimeSpan.Zero : bucket.TimeOf(1, now) - now);
    }
}
