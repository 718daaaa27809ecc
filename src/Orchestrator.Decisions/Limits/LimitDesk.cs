using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Limits;

/// <summary>Where calls draw on one named limit: who may go now, who waits for what and at which place, and when that can change.</summary>
/// <remarks>
/// Pure, though it changes: the same commands with the same times give the same answers, and it knows no clock, no chance and nobody outside. Like the desk of an
/// agent it is no state with events, because nothing of it is journaled and every call passes here twice. After each command the caller performs
/// what <see cref="TryTake"/> gives, and comes back at <see cref="NextAt"/>. Commands may be repeated.
/// <para>Whose turn it is among keys: <see cref="FairLine"/>. Within a key: five priorities, none of which starves.</para>
/// </remarks>
public sealed partial class LimitDesk(LimitDeskPolicy policy)
{
    private readonly Dictionary<string, Claim> claims = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LimitPool> pools = new(StringComparer.Ordinal);
    private readonly LinkedList<Claim> leases = new();
    private readonly LinkedList<Claim> waiting = new();
    private readonly Dictionary<string, long> epochs = new(StringComparer.Ordinal);
    private readonly Queue<LimitEffect> effects = [];

    // Those with somebody waiting; of them, those that time alone will serve, by when.
    private readonly HashSet<LimitPool> busy = [];
    private readonly SortedSet<LimitPool> byDue = new(Comparer<LimitPool>.Create(static (one, other) =>
        Nullable.Compare(one.DueAt, other.DueAt) is not 0 and var order ? order : string.CompareOrdinal(one.Name, other.Name)));

    private Limit? limit;
    private DateTimeOffset? settlesAt;
    private DateTimeOffset? emptyAt;
    private int known;
    private int forgetAt = 64;
    private DateTimeOffset forgotAt;

    /// <summary>Calls that hold room.</summary>
    public int Held => leases.Count;

    public int Waiting => waiting.Count;

    /// <summary>Nobody waits and nothing is out.</summary>
    public bool IsIdle => claims.Count == 0;

    public long Granted { get; private set; }

    public long Refused { get; private set; }

    public DateTimeOffset? WaitingSince => waiting.First?.Value.AskedAt;

    public IEnumerable<KeyStanding> Keys => pools.Values.SelectMany(pool => pool.Keys
        .Where(line => !line.IsIdle)
        .Select(line => new KeyStanding(pool.Name, line.Key, line.Weight, line.Held, line.Count, line.OldestAskedAt)));

    public IEnumerable<PoolStanding> PoolsAt(DateTimeOffset now) => pools.Values.Select(pool => pool.Standing(now));

    /// <summary>Those that are not as if they had never been used.</summary>
    public IEnumerable<PoolStanding> PoolsInUseAt(DateTimeOffset now) => pools.Values.Where(pool => !pool.MayForget(now)).Select(pool => pool.Standing(now));

    /// <summary>Nobody waits, nothing is out and nothing is used up: the desk may be forgotten without anybody noticing.</summary>
    public bool IsAtRest(DateTimeOffset now) => IsIdle && pools.Values.All(pool => pool.MayForget(now));

    /// <summary>
    /// Another desk of this limit may have been lost with leases out. So nothing is granted until their holders have had time to renew them here, and
    /// rates are counted from none. To be said before anything else.
    /// </summary>
    /// <param name="holdersLive">Not so where all holders have ended with that desk: then nobody need be waited for.</param>
    /// <param name="ratesKept">It wrote down what it took of rates that are kept: those go on from there, see <see cref="RestoreKept"/>.</param>
    public void MayHavePredecessor(DateTimeOffset now, bool holdersLive = true, bool ratesKept = false) =>
        (settlesAt, emptyAt, this.ratesKept) = (holdersLive ? now + policy.SettleFor : null, now, ratesKept);

    /// <summary>What a predecessor that ended in good order had left of one capacity. To be said before anybody asks.</summary>
    public void Restore(string pool, long? requests, long? tokens, DateTimeOffset at, DateTimeOffset now) => Open(pool, now).Restore(requests, tokens, at);

    /// <summary>Opens the desk, or changes what it goes by. Leases that are out stay out, also beyond a smaller limit.</summary>
    public void Declare(Limit declared, DateTimeOffset now)
    {
        limit = declared;
        foreach (var pool in pools.Values)
        {
            pool.Declare(declared, now, emptyAt, ratesKept);
        }

        if (declared.Scope == LimitScope.Global)
        {
            // There from the start, so that what is left can be told before anybody has asked.
            Open("", now);
        }

        if (declared.OnLimit is OnLimit.Reject or OnLimit.Degrade)
        {
            RefuseWaiting(claim => new StepFailure(LimitFailures.Exceeded, $"Limit '{declared.Name}' lets nobody wait any more.", Retryable: true));
        }

        ServeAll(now);
    }

    /// <summary>Closes the desk: who waits is refused, what is out may finish.</summary>
    public void Close(StepFailure why)
    {
        limit = null;
        RefuseWaiting(_ => why);
    }

    /// <summary>Answers a call that asks for room.</summary>
    public LimitAnswer Acquire(in LimitAsk ask, DateTimeOffset now)
    {
        if (limit is null)
        {
            return new(null, Failure: new StepFailure(LimitFailures.NotFound, "The limit is not declared.", Retryable: false));
        }

        if (!Note(ask.Owner, ask.Epoch, now))
        {
            return new(null, Failure: new StepFailure(
                AgentFailures.Stale, $"The attempt belongs to start {ask.Epoch} of its process, which has been started again since.", Retryable: true));
        }

        EndWhatIsOver(now);
        if (claims.TryGetValue(ask.Ticket, out var known))
        {
            known.MoveTo(ask);
            if (known.Stage == ClaimStage.Held)
            {
                // Whoever asks goes on now, and renews only later: a lease handed over with little time left would end in between.
                Prolong(known, now);
            }

            Serve(known.Pool, now, known);
            return AnswerTo(known, now);
        }

        if (PoolOf(ask.Pool, ask.Key, now) is not { } pool)
        {
            Refused++;
            return new(null, Failure: new StepFailure(
                LimitFailures.TooManyKeys, $"Limit '{limit.Name}' keeps {policy.KeysMax} keys apart, and so many are in use.", Retryable: true, RetryAfter: TimeSpan.FromSeconds(1)));
        }

        var claim = new Claim(ask, pool, pool.LineOf(ask.Key), pool.Reserve(pool.LineOf(ask.Key), ask.Tokens), now);
        pool.Heard(claim.Line, now);
        return limit.OnLimit is OnLimit.Reject or OnLimit.Degrade ? TakeOrLeave(claim, now) : TakeOrWait(claim, now);
    }

    /// <summary>Takes a lease back. One that is not out is ignored.</summary>
    /// <param name="tokens">What the call used; null when nobody counted, and what was reserved stands.</param>
    public void Release(string ticket, long? tokens, DateTimeOffset now)
    {
        if (claims.TryGetValue(ticket, out var claim) && claim.Stage == ClaimStage.Held)
        {
            if (tokens is { } used)
            {
                claim.Pool.Settle(claim, Math.Clamp(used, 0, LimitRules.AmountMax), now);
            }

            End(claim);
            EndWhatIsOver(now);
            Serve(claim.Pool, now, asking: null);
        }
    }

    /// <summary>Takes a call out of the line, or a lease back whose call was never made, with what it cost.</summary>
    public void Withdraw(string ticket, DateTimeOffset now)
    {
        if (!claims.TryGetValue(ticket, out var claim))
        {
            return;
        }

        if (claim.Stage == ClaimStage.Held)
        {
            claim.Pool.Return(claim);
        }

        End(claim);
        Serve(claim.Pool, now, asking: null);
    }

    /// <summary>Prolongs a lease. One that is unknown here is taken up again: the call is under way whether we remember it or not.</summary>
    public void Renew(LimitGrant lease, DateTimeOffset now)
    {
        if (limit is null || !Note(lease.Owner, lease.Epoch, now))
        {
            return;
        }

        if (claims.TryGetValue(lease.Ticket, out var claim))
        {
            if (claim.Stage == ClaimStage.Held)
            {
                Prolong(claim, now);
                return;
            }

            End(claim);
        }

        // Its cost was taken from the desk that gave it; here it only holds its place.
        var pool = PoolOf(lease.Pool, lease.Key, now) ?? Open(lease.Pool, now);
        claim = new Claim(new LimitAsk(lease.Ticket, lease.Caller, lease.Key, lease.Pool, 0, null, lease.Epoch, lease.Owner), pool, pool.LineOf(lease.Key), lease.Tokens, now);
        claims.Add(lease.Ticket, claim);
        pool.Hold(claim.Line, 1);
        Lease(claim, now);
    }

    /// <summary>Whether a lease may be told to its holder, who then has all of its time.</summary>
    public bool MayTell(LimitGrant lease, DateTimeOffset now)
    {
        if (!claims.TryGetValue(lease.Ticket, out var claim) || claim.Stage != ClaimStage.Held || claim.ExpiresAt <= now || claim.Ask.Owner != lease.Owner || claim.Ask.Epoch != lease.Epoch)
        {
            return false;
        }

        Prolong(claim, now);
        return true;
    }

    /// <summary>Does what time has made due.</summary>
    public void Advance(DateTimeOffset now)
    {
        EndWhatIsOver(now);
        while (byDue.Min is { } pool && pool.DueAt <= now)
        {
            Serve(pool, now, asking: null);
        }
    }

    /// <summary>When time alone can change something next; null when only a command can.</summary>
    public DateTimeOffset? NextAt(DateTimeOffset now)
    {
        var next = leases.First?.Value.ExpiresAt;
        if (waiting.First is null)
        {
            return next;
        }

        return Earlier(Earlier(next, GivesUpAt(waiting.First.Value)), byDue.Min?.DueAt);
    }

    /// <summary>Takes the next thing to be done.</summary>
    public bool TryTake([NotNullWhen(true)] out LimitEffect? effect) => effects.TryDequeue(out effect);

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    private LimitAnswer TakeOrLeave(Claim claim, DateTimeOffset now)
    {
        var pool = claim.Pool;
        if (IsOpen(now) && pool.HasRoom(claim.Tokens, now) && pool.IsWithinShare(claim.Line, claim.Tokens, now))
        {
            pool.SpendShare(claim.Line, claim.Tokens);
            claims.Add(claim.Ask.Ticket, claim);
            pool.Take(claim, now);
            Lease(claim, now);
            Granted++;
            return AnswerTo(claim, now);
        }

        Refused++;
        if (limit!.OnLimit == OnLimit.Degrade)
        {
            return new(null, Degrade: true);
        }

        var roomAt = now < settlesAt ? settlesAt : pool.RoomAt(1, claim.Tokens, now);
        var wait = roomAt is not { } at ? TimeSpan.FromSeconds(1) : at > now ? at - now : pool.ShareIn(claim.Line, claim.Tokens);
        return new(null, Failure: new StepFailure(
            LimitFailures.Exceeded, $"Limit '{limit.Name}' has no room for the key '{claim.Ask.Key}' now.", Retryable: true, RetryAfter: wait));
    }

    private LimitAnswer TakeOrWait(Claim claim, DateTimeOffset now)
    {
        var pool = claim.Pool;
        if (pool.Line.Count == 0 && IsOpen(now) && pool.HasRoom(claim.Tokens, now))
        {
            pool.Line.Pass(claim.Line, pool.CostOf(claim.Tokens));
            claims.Add(claim.Ask.Ticket, claim);
            pool.Take(claim, now);
            Lease(claim, now);
            Granted++;
            return AnswerTo(claim, now);
        }

        if (waiting.Count >= limit!.QueueMax && !MakeRoomFor(claim.Line))
        {
            Refused++;
            return new(null, Failure: QueueFull(claim.Ask.Key));
        }

        claims.Add(claim.Ask.Ticket, claim);
        pool.Line.Join(claim);
        waiting.AddLast(claim.InOrder);
        Serve(pool, now, claim);
        return AnswerTo(claim, now);
    }

    /// <summary>
    /// A full queue is shared like the capacity behind it: a key that has less than its share of it takes the place of the last call of the key
    /// that is farthest beyond its own (the longest queue gives way; McKenney, Stochastic Fairness Queueing, 1990).
    /// </summary>
    private bool MakeRoomFor(KeyLine line)
    {
        var weights = busy.Sum(pool => pool.Line.Weights) + (line.Count == 0 ? line.Weight : 0);
        if ((line.Count + 1) * weights > (long)limit!.QueueMax * line.Weight)
        {
            return false;
        }

        var longest = busy.SelectMany(pool => pool.Line.Waiting).MaxBy(other => (double)other.Count / other.Weight);
        if (longest is null || longest == line)
        {
            return false;
        }

        var last = longest.Last();
        var refused = QueueFull(longest.Key);
        End(last);
        Tell(last, refused);
        return true;
    }

    private StepFailure QueueFull(string key) => new(
        LimitFailures.QueueFull,
        string.Create(CultureInfo.InvariantCulture, $"Limit '{limit!.Name}' lets {limit.QueueMax} calls wait, and so many do; the key '{key}' has its share of them."),
        Retryable: true,
        RetryAfter: TimeSpan.FromSeconds(1));
}
