using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Limits;

/// <summary>Who is let through, who is sent away, and what is forgotten.</summary>
public sealed partial class LimitDesk
{
    private bool IsOpen(DateTimeOffset now) => !(now < settlesAt);

    private void ServeAll(DateTimeOffset now)
    {
        foreach (var pool in busy.ToList())
        {
            Serve(pool, now, asking: null);
        }
    }

    private void Serve(LimitPool pool, DateTimeOffset now, Claim? asking)
    {
        if (limit is null)
        {
            return;
        }

        while (IsOpen(now) && pool.Line.Next(pool.ForPlaces) is { } next && pool.HasRoom(next.Tokens, now))
        {
            pool.Line.Take(next, pool.CostOf(next.Tokens));
            waiting.Remove(next.InOrder);
            pool.Take(next, now);
            Lease(next, now);
            Granted++;
            if (next != asking)
            {
                effects.Enqueue(new LimitEffect.TellGranted(next.ToGrant()));
            }
        }

        Schedule(pool, now);
    }

    // What the set is sorted by changes only while the pool is out of it.
    private void Schedule(LimitPool pool, DateTimeOffset now)
    {
        byDue.Remove(pool);
        pool.DueAt = null;
        if (limit is null || pool.Line.Next(pool.ForPlaces) is not { } head)
        {
            busy.Remove(pool);
            return;
        }

        busy.Add(pool);
        if (pool.RoomAt(1, head.Tokens, now) is { } at)
        {
            pool.DueAt = at < settlesAt ? settlesAt : at;
            byDue.Add(pool);
        }
    }

    private void Lease(Claim claim, DateTimeOffset now)
    {
        (claim.Stage, claim.ExpiresAt) = (ClaimStage.Held, now + policy.LeaseFor);
        leases.AddLast(claim.InOrder);
    }

    private void Prolong(Claim claim, DateTimeOffset now)
    {
        leases.Remove(claim.InOrder);
        claim.ExpiresAt = now + policy.LeaseFor;
        leases.AddLast(claim.InOrder);
    }

    private void End(Claim claim)
    {
        claims.Remove(claim.Ask.Ticket);
        if (claim.Stage == ClaimStage.Held)
        {
            leases.Remove(claim.InOrder);
            claim.Pool.Hold(claim.Line, -1);
        }
        else
        {
            waiting.Remove(claim.InOrder);
            claim.Pool.Line.Leave(claim);
        }
    }

    private void RefuseWaiting(Func<Claim, StepFailure> why)
    {
        while (waiting.First is { } first)
        {
            End(first.Value);
            Tell(first.Value, why(first.Value));
        }

        byDue.Clear();
        busy.Clear();
    }

    private void Tell(Claim refused, StepFailure why)
    {
        Refused++;
        effects.Enqueue(new LimitEffect.TellRefused(refused.Ask.Ticket, refused.Ask.Caller, why));
    }

    private DateTimeOffset? GivesUpAt(Claim claim) => limit is { OnLimit: OnLimit.Wait } ? claim.AskedAt + limit.Patience : null;

    /// <summary>Leases that were not renewed end, and so do waits that have taken too long.</summary>
    private void EndWhatIsOver(DateTimeOffset now)
    {
        while (leases.First is { } first && first.Value.ExpiresAt <= now)
        {
            End(first.Value);
            Serve(first.Value.Pool, now, asking: null);
        }

        while (waiting.First is { } first && GivesUpAt(first.Value) <= now)
        {
            var (claim, pool) = (first.Value, first.Value.Pool);

            // Room may have come at the same moment.
            Serve(pool, now, asking: null);
            if (claim.Stage == ClaimStage.Held)
            {
                continue;
            }

            End(claim);
            Tell(claim, new StepFailure(
                LimitFailures.WaitedTooLong, $"Limit '{limit!.Name}' had no room for the key '{claim.Ask.Key}' within {limit.Patience}.", Retryable: true,
                RetryAfter: pool.RoomAt(1, claim.Tokens, now) is { } at && at > now ? at - now : TimeSpan.FromSeconds(1)));
            Schedule(pool, now);
        }
    }

    private LimitPool? PoolOf(string name, string key, DateTimeOffset now)
    {
        if (pools.TryGetValue(name, out var pool) && pool.Knows(key))
        {
            return pool;
        }

        // Looking costs a walk along all keys, so it is done when there are twice as many as before, and then at most once a second.
        if (known >= forgetAt && now - forgotAt > TimeSpan.FromSeconds(1))
        {
            Forget(now);
            forgotAt = now;
            known = pools.Values.Sum(one => one.Keys.Count);
            forgetAt = Math.Min(policy.KeysMax, Math.Max(64, known * 2));
        }

        if (known >= policy.KeysMax)
        {
            return null;
        }

        known++;
        return Open(name, now);
    }

    private LimitPool Open(string name, DateTimeOffset now)
    {
        if (!pools.TryGetValue(name, out var pool))
        {
            pool = new LimitPool(name, policy.PassedOverMax);
            pool.Declare(limit!, now, emptyAt, ratesKept);
            pools.Add(name, pool);
        }

        return pool;
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var pool in pools.Values.ToList())
        {
            pool.Forget(now);
            if (pool.Keys.Count == 0 && pool.Name.Length > 0 && pool.MayForget(now))
            {
                pools.Remove(pool.Name);
            }
        }
    }

    /// <summary>Whether this start of the owner is its latest. A later one than was known ends what the earlier ones held.</summary>
    private bool Note(string owner, long epoch, DateTimeOffset now)
    {
        if (epochs.TryGetValue(owner, out var latest) && epoch <= latest)
        {
            return epoch == latest;
        }

        epochs[owner] = epoch;
        foreach (var orphan in claims.Values.Where(claim => claim.Ask.Owner == owner && claim.Ask.Epoch < epoch).ToList())
        {
            End(orphan);
            Serve(orphan.Pool, now, asking: null);
        }

        return true;
    }

    private LimitAnswer AnswerTo(Claim claim, DateTimeOffset now)
    {
        if (claim.Stage == ClaimStage.Held)
        {
            return new(claim.ToGrant());
        }

        var position = claim.Pool.Line.PositionOf(claim);
        var roomAt = now < settlesAt ? settlesAt : claim.Pool.RoomAt(position, claim.Tokens, now);
        return new(null, new Wait(WaitKind.Limit, LimitKeys.Shown(limit!.Name, claim.Ask.Key), claim.AskedAt, position, Earlier(roomAt, GivesUpAt(claim))));
    }
}
