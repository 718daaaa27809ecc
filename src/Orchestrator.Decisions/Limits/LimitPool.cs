using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Decisions.Limits;

/// <summary>One capacity of a limit: what is out of it, what is left, who waits for it, and whose share is how much.</summary>
internal sealed partial class LimitPool(string name, int passedOverMax)
{
    /// <summary>A key that has not asked for this long has no share that others must leave.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, KeyLine> keys = new(StringComparer.Ordinal);
    private readonly LinkedList<KeyLine> lately = new();
    private Limit? limit;
    private TokenBucket? requests;
    private TokenBucket? tokens;
    private long latelyWeights;
    private long keysSeen;

    public string Name { get; } = name;

    public FairLine Line { get; } = new(passedOverMax);

    public int Held { get; private set; }

    public IReadOnlyCollection<KeyLine> Keys => keys.Values;

    /// <summary>When time alone will let somebody through; null when nobody waits, or a place must come free first.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Places, and not a rate, is what the line waits for: as it was when there was no room last.</summary>
    public bool ForPlaces { get; private set; }

    /// <param name="emptyAt">When a predecessor was lost that may have given everything out; null when there was none.</param>
    /// <param name="ratesKept">It wrote down what it took of the rates that are kept.</param>
    public void Declare(Limit declared, DateTimeOffset now, DateTimeOffset? emptyAt, bool ratesKept)
    {
        requests = Bucket(requests, declared.Requests, now, emptyAt, ratesKept);
        tokens = Bucket(tokens, declared.Tokens, now, emptyAt, ratesKept);
        limit = declared;
        foreach (var line in keys.Values)
        {
            if (line.Lately.List is not null)
            {
                latelyWeights -= line.Weight;
            }

            Line.Weigh(line, WeightOf(line.Key));
            if (line.Lately.List is not null)
            {
                latelyWeights += line.Weight;
            }
        }
    }

    public void Restore(long? requestsLeft, long? tokensLeft, DateTimeOffset at)
    {
        requests?.Restore(requestsLeft ?? requests.Rate.Burst, at);
        tokens?.Restore(tokensLeft ?? tokens.Rate.Burst, at);
    }

    public KeyLine LineOf(string key)
    {
        if (!keys.TryGetValue(key, out var line))
        {
            line = new KeyLine(this, key, WeightOf(key), keysSeen++);
            keys.Add(key, line);
        }

        return line;
    }

    public bool Knows(string key) => keys.ContainsKey(key);

    /// <summary>Forgets keys that nothing depends on any more.</summary>
    public void Forget(DateTimeOffset now)
    {
        DropSilent(now);
        foreach (var line in keys.Values.Where(line => Line.MayForget(line) && line.Lately.List is null && HasAllCredit(line, now)).ToList())
        {
            keys.Remove(line.Key);
        }
    }

    /// <summary>Whether the pool would be treated the same had it never been here.</summary>
    public bool MayForget(DateTimeOffset now) => Held == 0 && Line.Count == 0 && requests?.IsFull(now) != false && tokens?.IsFull(now) != false;

    /// <summary>
    /// What is reserved for a call: its estimate, but not less than the key's calls used of late, or whoever says too little would have others pay; and not more
    /// than the burst, which would never come together.
    /// </summary>
    public long Reserve(KeyLine line, int? asked) =>
        tokens is null ? 0 : Math.Min(Math.Max(asked ?? limit!.TokensEstimate, (long)line.UsedOfLate), tokens.Rate.Burst);

    public bool HasRoom(long reserve, DateTimeOffset now)
    {
        var places = Held < (limit!.Concurrency ?? int.MaxValue);
        var room = places && requests?.Has(now) != false && tokens?.Has(now, reserve) != false;
        if (!room)
        {
            ForPlaces = !places;
        }

        return room;
    }

    public void Take(Claim claim, DateTimeOffset now)
    {
        requests?.Take(now);
        tokens?.Take(now, claim.Tokens);
        Hold(claim.Line, 1);
    }

    public void Hold(KeyLine line, int change)
    {
        Held += change;
        Line.NoteHeld(line, change);
    }

    /// <summary>The call was never made: what it took comes back.</summary>
    public void Return(Claim claim)
    {
        requests?.Return();
        tokens?.Return(claim.Tokens);
        Line.Settle(claim.Line, -CostOf(claim.Tokens));
        claim.Line.Credit += CostOf(claim.Tokens);
    }

    /// <summary>The call was made and has told what it used.</summary>
    public void Settle(Claim claim, long used, DateTimeOffset now)
    {
        claim.Line.Learn(used);
        if (tokens is null || used == claim.Tokens)
        {
            return;
        }

        if (used > claim.Tokens)
        {
            tokens.Take(now, used - claim.Tokens);
        }
        else
        {
            tokens.Return(claim.Tokens - used);
        }

        Line.Settle(claim.Line, CostOf(used) - CostOf(claim.Tokens));
    }

    /// <summary>The part of the capacity's time a call takes, in seconds; of several things counted, the one it takes most of.</summary>
    public double CostOf(long reserved) =>
        requests is null && tokens is null ? 1 : Math.Max(requests?.SecondsPerToken ?? 0, (tokens?.SecondsPerToken ?? 0) * reserved);

    /// <summary>
    /// Where nobody may wait, a queue cannot keep shares apart, so this does: a call within its key's share may have whatever room there is, and one beyond it
    /// only what is left in the upper half. Shares together refill no faster than the capacity, so the lower half is there for those who keep to theirs.
    /// </summary>
    public bool IsWithinShare(KeyLine line, long reserve, DateTimeOffset now)
    {
        DropSilent(now);
        var cost = CostOf(reserve);
        var share = (double)line.Weight / latelyWeights;
        var depth = Math.Max(BurstSeconds / 2 * share, cost);
        line.Credit = Math.Min(depth, line.Credit + (Math.Max(0, (now - line.CreditAt).TotalSeconds) * share));
        line.CreditAt = now;
        var placesOfItsOwn = limit!.Concurrency is not { } places || line.Held < Math.Max(1, Math.Floor(places * share));
        return placesOfItsOwn && line.Credit >= cost
            || ((limit.Concurrency is not { } all || Held < all / 2)
                && requests?.Has(now, 1 + ((requests.Rate.Burst + 1) / 2)) != false
                && tokens?.Has(now, reserve + (tokens.Rate.Burst / 2)) != false);
    }

    public void SpendShare(KeyLine line, long reserve) => line.Credit = Math.Max(0, line.Credit - CostOf(reserve));

    /// <summary>When the share of a key that has spent it allows one more call.</summary>
    public TimeSpan ShareIn(KeyLine line, long reserve) =>
        TimeSpan.FromSeconds(Math.Clamp((CostOf(reserve) - line.Credit) * latelyWeights / line.Weight, 0, LimitRules.PeriodMax.TotalSeconds));

    /// <summary>Notes that a key has asked.</summary>
    public void Heard(KeyLine line, DateTimeOffset now)
    {
        if (line.Lately.List is not null)
        {
            lately.Remove(line.Lately);
        }
        else
        {
            latelyWeights += line.Weight;
        }

        line.AskedAt = now;
        lately.AddLast(line.Lately);
    }

    /// <summary>When there may be room for so many calls of this size, if the rates alone decide; null when a place must come free first.</summary>
    public DateTimeOffset? RoomAt(int calls, long reserve, DateTimeOffset now)
    {
        if (Held >= (limit!.Concurrency ?? int.MaxValue))
        {
            return null;
        }

        var (one, other) = (requests?.TimeOf(calls, now) ?? now, tokens?.TimeOf(reserve * calls, now) ?? now);
        return one > other ? one : other;
    }

    public PoolStanding Standing(DateTimeOffset now) => new(Name, Held, Line.Count, requests?.LevelAt(now), tokens?.LevelAt(now));

    private double BurstSeconds
    {
        get
        {
            var (ofRequests, ofTokens) = (requests is null ? double.MaxValue : requests.Rate.Burst * requests.SecondsPerToken, tokens is null ? double.MaxValue : tokens.Rate.Burst * tokens.SecondsPerToken);
            return Math.Min(ofRequests, ofTokens);
        }
    }

    // A share and what refills it are the same part of the whole, so the time that takes is the same for all keys.
    private bool HasAllCredit(KeyLine line, DateTimeOffset now) =>
        (requests is null && tokens is null) || (now - line.CreditAt).TotalSeconds >= BurstSeconds / 2;

    private void DropSilent(DateTimeOffset now)
    {
        while (lately.First is { } first && now - first.Value.AskedAt > Lately)
        {
            lately.RemoveFirst();
            latelyWeights -= first.Value.Weight;
        }
    }

    private int WeightOf(string key)
    {
        foreach (var one in limit!.Weights)
        {
            if (one.Key == key)
            {
                return one.Weight;
            }
        }

        return 1;
    }

    private static TokenBucket? Bucket(TokenBucket? known, LimitRate? rate, DateTimeOffset now, DateTimeOffset? emptyAt, bool ratesKept) =>
        rate is null ? null
        : rate == known?.Rate ? known
        : known?.Reshaped(rate, now) ?? new TokenBucket(rate, emptyAt ?? now, full: emptyAt is null || (ratesKept && KeptRates.IsKept(rate)));
}
