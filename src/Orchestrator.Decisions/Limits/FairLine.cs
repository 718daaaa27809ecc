namespace Orchestrator.Decisions.Limits;

/// <summary>Those who wait for one capacity, key by key. A key with ten thousand calls and one with a single call wait for each other, not for the ten thousand.</summary>
/// <remarks>
/// Where calls wait for a rate, the keys' turns are those of start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996): a call begins at its key's virtual time
/// and ends after its cost divided by the key's weight, and who begins earliest is next. A cost is the part of the capacity's time that the call takes; where calls
/// and tokens are both counted it is the larger of the two, which makes the dominant resource the one that is shared fairly (Ghodsi and others, SIGCOMM 2012). Between
/// two keys that both wait, shares differ by at most one call of each, whatever else comes. Where calls wait for a place, a place that comes free goes to the key that
/// holds the fewest for its weight (max-min fairness), whatever its calls cost, so long calls do not gather all places.
/// </remarks>
internal sealed class FairLine(int passedOverMax)
{
    private readonly SortedSet<KeyLine> byTurn = new(Comparer<KeyLine>.Create(static (one, other) =>
        one.Start.CompareTo(other.Start) is not 0 and var order ? order : one.Number.CompareTo(other.Number)));

    private readonly SortedSet<KeyLine> byHeld = new(Comparer<KeyLine>.Create(static (one, other) =>
        one.HeldPerWeight.CompareTo(other.HeldPerWeight) is not 0 and var held ? held
        : one.Start.CompareTo(other.Start) is not 0 and var order ? order
        : one.Number.CompareTo(other.Number)));

    private double now;
    private double latest;

    public int Count { get; private set; }

    /// <summary>The weights of all keys with somebody waiting.</summary>
    public long Weights { get; private set; }

    public IEnumerable<KeyLine> Waiting => byTurn;

    public void Join(Claim claim)
    {
        Change(claim.Line, line =>
        {
            if (line.Count == 0)
            {
                line.Start = Math.Max(now, line.Finish);
            }

            line.Join(claim);
        });
        Count++;
    }

    public void Leave(Claim claim)
    {
        Change(claim.Line, line => line.Leave(claim));
        Count--;
    }

    /// <summary>Who is next; null when nobody waits.</summary>
    /// <param name="forPlaces">Whether places, and not a rate, is what they wait for.</param>
    public Claim? Next(bool forPlaces) => (forPlaces ? byHeld : byTurn).Min?.Head(passedOverMax);

    /// <summary>Takes out who is next.</summary>
    public void Take(Claim next, double cost)
    {
        var line = next.Line;
        now = Math.Max(now, line.Start);
        Change(line, taken =>
        {
            taken.Take(passedOverMax);
            Spend(taken, taken.Start, cost);
            taken.Start = taken.Finish;
        });
        Count--;
    }

    /// <summary>Somebody had room at once: nobody waited, so nobody owes anybody anything.</summary>
    public void Pass(KeyLine line, double cost)
    {
        now = Math.Max(now, latest);
        Spend(line, now, cost);
    }

    /// <summary>A call took another part of the capacity than was thought when its turn came.</summary>
    public void Settle(KeyLine line, double cost) => Change(line, settled =>
    {
        settled.Finish += cost / settled.Weight;
        settled.Start += settled.Count > 0 ? cost / settled.Weight : 0;
        latest = Math.Max(latest, settled.Finish);
    });

    public void NoteHeld(KeyLine line, int change) => Change(line, held => held.Held += change);

    public void Weigh(KeyLine line, int weight) => Change(line, weighed => weighed.Weight = weight);

    /// <summary>Whether the key would be treated the same had it never been here: while nobody waits, nobody owes anybody anything.</summary>
    public bool MayForget(KeyLine line) => line.IsIdle && (Count == 0 || line.Finish <= now);

    /// <summary>
    /// The place of a waiting call, from 1: not more than so many grants away while nobody joins, those to levels passed over apart.
    /// It is a bound and not a count, because counting would cost a walk along every key.
    /// </summary>
    public int PositionOf(Claim claim)
    {
        var turns = claim.Line.BoundAhead(claim) + 1;
        return (int)Math.Min(Count, Math.Ceiling((double)turns * Weights / claim.Line.Weight));
    }

    private void Spend(KeyLine line, double start, double cost)
    {
        line.Finish = start + (cost / line.Weight);
        latest = Math.Max(latest, line.Finish);
    }

    // What a key is sorted by changes only while it is in neither set.
    private void Change(KeyLine line, Action<KeyLine> change)
    {
        if (line.Count > 0)
        {
            byTurn.Remove(line);
            byHeld.Remove(line);
            Weights -= line.Weight;
        }

        change(line);
        if (line.Count > 0)
        {
            byTurn.Add(line);
            byHeld.Add(line);
            Weights += line.Weight;
        }
    }
}
