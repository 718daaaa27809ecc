namespace Orchestrator.Decisions.Limits;

internal enum ClaimStage
{
    Waiting = 1,
    Held = 2,
}

/// <summary>One attempt known to a limit's desk: it waits in its key's line, or holds room.</summary>
internal sealed class Claim
{
    public Claim(in LimitAsk ask, LimitPool pool, KeyLine line, long tokens, DateTimeOffset askedAt)
    {
        (Ask, Pool, Line, Tokens, AskedAt) = (ask, pool, line, tokens, askedAt);
        (InLine, InOrder) = (new(this), new(this));
    }

    public LimitAsk Ask { get; private set; }

    public LimitPool Pool { get; }

    public KeyLine Line { get; }

    /// <summary>Reserved of the token bucket; 0 where there is none.</summary>
    public long Tokens { get; }

    public DateTimeOffset AskedAt { get; }

    public ClaimStage Stage { get; set; } = ClaimStage.Waiting;

    public DateTimeOffset ExpiresAt { get; set; }

    public long Sequence { get; set; }

    /// <summary>Its place in its key's line.</summary>
    public LinkedListNode<Claim> InLine { get; }

    /// <summary>Its place among all that wait, by when they asked, or among all leases, by when they end.</summary>
    public LinkedListNode<Claim> InOrder { get; }

    /// <summary>The attempt is made elsewhere now: it ends with the process that asked last, not with the one that asked first.</summary>
    public void MoveTo(in LimitAsk ask) => Ask = Ask with { Caller = ask.Caller, Epoch = ask.Epoch, Owner = ask.Owner };

    public LimitGrant ToGrant() => new(Ask.Ticket, Ask.Caller, Ask.Key, Ask.Pool, Tokens, Ask.Epoch, Ask.Owner);
}

/// <summary>Those of one key: what they hold, and who of them waits, by five levels of urgency.</summary>
/// <remarks>The most urgent level goes first, and one that its key has passed over <c>passedOverMax</c> times has the next turn, so no level starves.</remarks>
internal sealed class KeyLine(LimitPool pool, string key, int weight, long number)
{
    private const int Levels = 5;
    private readonly LinkedList<Claim>[] levels = [new(), new(), new(), new(), new()];
    private readonly int[] passedOver = new int[Levels];
    private long sequence;

    public LimitPool Pool { get; } = pool;

    public string Key { get; } = key;

    public int Weight { get; set; } = weight;

    /// <summary>Breaks ties: the key that came first.</summary>
    public long Number { get; } = number;

    public int Count { get; private set; }

    public int Held { get; set; }

    /// <summary>The virtual time at which its next call begins; kept while somebody waits.</summary>
    public double Start { get; set; }

    /// <summary>The virtual time at which its last call ended.</summary>
    public double Finish { get; set; }

    /// <summary>What it may take of a capacity nobody queues for, in seconds of that capacity; as much as may be, to begin with.</summary>
    public double Credit { get; set; } = double.MaxValue;

    public DateTimeOffset CreditAt { get; set; }

    public DateTimeOffset AskedAt { get; set; }

    /// <summary>Tokens a call used, averaged over about the last eight.</summary>
    public double UsedOfLate { get; private set; }

    /// <summary>Its place among the keys that have asked lately; not in a list when it has not.</summary>
    public LinkedListNode<KeyLine> Lately => field ??= new(this);

    public bool IsIdle => Count == 0 && Held == 0;

    public double HeldPerWeight => (double)Held / Weight;

    public DateTimeOffset? OldestAskedAt => Count == 0 ? null : levels.Where(level => level.First is not null).Min(level => level.First!.Value.AskedAt);

    public void Learn(long used) => UsedOfLate = UsedOfLate == 0 ? used : UsedOfLate + ((used - UsedOfLate) / 8);

    public void Join(Claim claim)
    {
        claim.Sequence = sequence++;
        levels[LevelOf(claim)].AddLast(claim.InLine);
        Count++;
    }

    public void Leave(Claim claim)
    {
        levels[LevelOf(claim)].Remove(claim.InLine);
        Count--;
    }

    /// <summary>Whose turn it is. Somebody must be waiting.</summary>
    public Claim Head(int passedOverMax) => levels[Chosen(passedOverMax)].First!.Value;

    /// <summary>Takes the head out and counts who was passed over.</summary>
    public Claim Take(int passedOverMax)
    {
        var chosen = Chosen(passedOverMax);
        var claim = levels[chosen].First!.Value;
        for (var index = 0; index < chosen; index++)
        {
            passedOver[index] = levels[index].Count == 0 ? 0 : passedOver[index] + 1;
        }

        passedOver[chosen] = 0;
        Leave(claim);
        return claim;
    }

    /// <summary>Who gives way when there are too many: the least urgent, and of those the one that came last.</summary>
    public Claim Last() => levels.First(level => level.Last is not null).Last!.Value;

    /// <summary>Not more of the key's own turns come before this one's, those to levels passed over apart.</summary>
    public int BoundAhead(Claim claim)
    {
        var own = LevelOf(claim);
        var ahead = (int)Math.Min(levels[own].Count - 1, claim.Sequence - levels[own].First!.Value.Sequence);
        for (var index = own + 1; index < Levels; index++)
        {
            ahead += levels[index].Count;
        }

        return ahead;
    }

    private int Chosen(int passedOverMax)
    {
        var chosen = -1;
        for (var index = Levels - 1; index >= 0; index--)
        {
            var starves = chosen >= 0 && passedOver[index] >= passedOverMax && passedOver[index] > passedOver[chosen];
            if (levels[index].Count > 0 && (chosen < 0 || starves))
            {
                chosen = index;
            }
        }

        return chosen;
    }

    private static int LevelOf(Claim claim) => Math.Clamp(claim.Ask.Priority, 1, Levels) - 1;
}
