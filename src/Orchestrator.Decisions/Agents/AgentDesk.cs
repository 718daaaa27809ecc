using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Agents;

/// <summary>Where calls of one agent wait their turn: who may call which instance now, who waits for what, and when that can change.</summary>
/// <remarks>
/// Pure, though it changes: the same commands with the same times give the same answers, and it knows no clock, no chance and nobody outside. It is
/// not an immutable state with events, because nothing of it is journaled (a crash ends every call it knows) and because every step of
/// every workflow passes through here twice: a lease given and taken back costs one entry in one table and a few pointers.
/// <para>After each command the caller performs what <see cref="TryTake"/> gives, and comes back at <see cref="NextAt"/>. Commands may be repeated.</para>
/// </remarks>
public sealed class AgentDesk(DeskPolicy policy)
{
    private readonly Dictionary<string, Call> calls = [];
    private readonly WaitingLine line = new(policy.PassedOverMax);
    private readonly CallChain leases = new();
    private readonly Dictionary<string, long> epochs = [];
    private readonly Queue<DeskEffect> effects = [];
    private readonly Balancer balancer = new();
    private AgentRegistration? agent;
    private BreakerPolicy breaker = new();
    private TokenBucket? bucket;
    private ImmutableArray<Seat> seats = [];
    private DateTimeOffset? settlesAt;

    /// <summary>Calls that hold room, those whose breaker is being asked included.</summary>
    public int CallsOut { get; private set; }

    public int Waiting => line.Count;

    /// <summary>Nobody waits and nothing is out: the desk may be forgotten without anybody noticing.</summary>
    public bool IsIdle => calls.Count == 0;

    /// <summary>Calls that ended with an answer or broke.</summary>
    public long Calls { get; private set; }

    public long Failures { get; private set; }

    /// <summary>Since when the longest waiting call has been waiting; null when nobody waits. Takes a look at every group.</summary>
    public DateTimeOffset? WaitingSince => line.OldestAskedAt();

    public int WaitingAt(int priority) => line.CountAt(priority);

    public IEnumerable<InstanceStanding> Instances => seats.Select(seat => new InstanceStanding(
        seat.Instance, seat.CallsOut, seat.Breaker, seat.Health.Healthy, seat.Health.CheckedAt, seat.Record.AverageSeconds, seat.Record.SuccessRate));

    /// <summary>
    /// Another desk of this agent may have been lost with leases out, which count against the agent's limits though nobody here knows them. So nothing is
    /// granted until their holders have had time to renew them here, and tokens are counted from none. To be said before anything else.
    /// </summary>
    public void MayHavePredecessor(DateTimeOffset now) => settlesAt = now + policy.SettleFor;

    /// <summary>Opens the desk for an agent, or changes what it goes by. Leases that are out stay out, also beyond a smaller limit.</summary>
    public void Declare(AgentRegistration registration, DateTimeOffset now)
    {
        var known = seats;
        seats = [.. registration.Instances.Select(instance => Reuse(known, instance))];
        bucket = registration.RateLimit is not { } limit ? null
            : limit == agent?.RateLimit ? bucket
            : bucket?.Reshaped(limit, now) ?? new TokenBucket(limit, now, full: settlesAt is null);
        breaker = registration.Breaker ?? new BreakerPolicy();
        agent = registration;
        if (registration.Health is null)
        {
            foreach (var seat in seats)
            {
                seat.Health.Forget();
            }
        }

        if (registration.Disabled is { } disabled)
        {
            RefuseWaiting(Disabled(disabled));
        }

        Serve(now, asking: null);
    }

    /// <summary>Closes the desk: who waits is refused, what is out may finish.</summary>
    public void Close(StepFailure why)
    {
        agent = null;
        RefuseWaiting(why);
    }

    private static StepFailure Disabled(string message) => new(AgentFailures.Disabled, message, Retryable: false);

    private void RefuseWaiting(StepFailure why)
    {
        foreach (var call in calls.Values.Where(call => call.Stage == CallStage.Waiting).ToList())
        {
            line.Leave(call);
            calls.Remove(call.Ask.Ticket);
            effects.Enqueue(new DeskEffect.TellRefused(call.Ask.Ticket, call.Ask.Caller, why));
        }
    }

    /// <summary>Answers a call that asks for room.</summary>
    public SlotAnswer Acquire(in SlotAsk ask, DateTimeOffset now)
    {
        if (agent is null)
        {
            return new SlotAnswer(null, Failure: new StepFailure(AgentFailures.NotFound, "The agent is not declared.", Retryable: false));
        }

        if (agent.Disabled is { } disabled)
        {
            return new SlotAnswer(null, Failure: Disabled(disabled));
        }

        if (!IsCurrent(ask.Owner, ask.Epoch, now))
        {
            return new SlotAnswer(null, Failure: new StepFailure(
                AgentFailures.Stale, $"The attempt belongs to start {ask.Epoch} of its process, which has been started again since.", Retryable: true));
        }

        EndSilentLeases(now);
        if (calls.TryGetValue(ask.Ticket, out var known))
        {
            known.MoveTo(ask);
            if (known.Stage == CallStage.Leased)
            {
                // Whoever asks calls now, and renews only later: a lease handed over with little time left would end in between.
                Prolong(known, now);
            }

            Serve(now, known);
            return AnswerTo(known, now);
        }

        var call = new Call(ask, now);
        if (line.Count == 0 && HasRoom(now))
        {
            calls.Add(ask.Ticket, call);
            Place(call, now, tell: false);
            return AnswerTo(call, now);
        }

        Serve(now, asking: null);
        if (line.Count >= agent.QueueMax)
        {
            return new SlotAnswer(null, Failure: new StepFailure(
                AgentFailures.QueueFull, $"Queue is full: agent '{agent.Name}' lets {agent.QueueMax} calls wait, and so many do.", Retryable: true));
        }

        calls.Add(ask.Ticket, call);
        line.Join(call);
        Serve(now, call);
        return AnswerTo(call, now);
    }

    /// <summary>Takes a lease back. One that is not out is ignored.</summary>
    /// <param name="elapsed">How long the call took.</param>
    public void Release(string ticket, CallOutcome outcome, TimeSpan elapsed, DateTimeOffset now)
    {
        if (calls.TryGetValue(ticket, out var call) && call.Stage == CallStage.Leased)
        {
            if (outcome is CallOutcome.Answered or CallOutcome.Broken)
            {
                call.Seat!.Record.Note(outcome == CallOutcome.Answered, elapsed);
            }

            End(call, outcome, now);
            EndSilentLeases(now);
            Serve(now, asking: null);
        }
    }

    /// <summary>Takes a call out of the line, or a lease back whose call was never made, with the token it cost.</summary>
    public void Withdraw(string ticket, DateTimeOffset now)
    {
        if (!calls.TryGetValue(ticket, out var call))
        {
            return;
        }

        if (call.Stage != CallStage.Waiting)
        {
            bucket?.Return();
        }

        End(call, CallOutcome.Abandoned, now);
        Serve(now, asking: null);
    }

    /// <summary>Prolongs a lease. One that is unknown here is taken up again: the call is under way whether we remember it or not.</summary>
    public void Renew(SlotGrant lease, DateTimeOffset now)
    {
        if (!IsCurrent(lease.Owner, lease.Epoch, now))
        {
            return;
        }

        if (!calls.TryGetValue(lease.Ticket, out var call))
        {
            call = new Call(new SlotAsk(lease.Ticket, lease.Caller, 0, "", lease.Epoch, lease.Owner), now);
            calls.Add(lease.Ticket, call);
        }
        else if (call.Stage == CallStage.Waiting)
        {
            line.Leave(call);
        }
        else if (call.Stage == CallStage.AskingBreaker)
        {
            return;
        }
        else
        {
            Prolong(call, now);
            return;
        }

        Hold(call, seats.FirstOrDefault(seat => seat.Instance.Endpoint == lease.Instance.Endpoint) ?? new Seat(lease.Instance));
        Lease(call, lease.Probe, now, tell: false);
    }

    /// <summary>
    /// Whether a lease may be told to its holder, who then has all of its time. Word that did not arrive at first may be told again when the lease has
    /// ended, or belongs to another process by now: whoever called on that would call beyond the limits.
    /// </summary>
    public bool MayTell(SlotGrant lease, DateTimeOffset now)
    {
        if (!calls.TryGetValue(lease.Ticket, out var call) || call.Stage != CallStage.Leased || call.ExpiresAt <= now || !call.IsOf(lease))
        {
            return false;
        }

        Prolong(call, now);
        return true;
    }

    /// <summary>Notes where an instance's breaker stands.</summary>
    public void BreakerStands(string endpoint, BreakerCopy copy, DateTimeOffset now)
    {
        if (seats.FirstOrDefault(seat => seat.Instance.Endpoint == endpoint) is { } known)
        {
            known.Breaker = copy;
            known.FailureReported = copy.ConsecutiveFailures > 0;
            Serve(now, asking: null);
        }
    }

    /// <summary>The instances whose health is to be asked now; whoever takes them asks.</summary>
    public ImmutableArray<AgentInstance> TakeDueForCheck(DateTimeOffset now)
    {
        if (agent is not { Health: { } check, Disabled: null })
        {
            return [];
        }

        var due = seats.Where(seat => seat.Health.IsDue(check, now)).ToList();
        due.ForEach(seat => seat.Health.Begin(now));
        return [.. due.Select(seat => seat.Instance)];
    }

    /// <summary>Notes how an instance's check ended, and tells whether it counts as something else now.</summary>
    public bool HealthSeen(string endpoint, bool well, DateTimeOffset now)
    {
        if (agent?.Health is not { } check || seats.FirstOrDefault(seat => seat.Instance.Endpoint == endpoint) is not { } known || !known.Health.Note(well, check))
        {
            return false;
        }

        Serve(now, asking: null);
        return true;
    }

    /// <summary>The breaker's answer to <see cref="DeskEffect.AskProbe"/>. A refused call goes back to the head of its group.</summary>
    /// <param name="copy">Where the breaker stands; null when it could not be asked, which refuses too.</param>
    public void ProbeAnswered(string ticket, string endpoint, bool granted, BreakerCopy? copy, DateTimeOffset now)
    {
        if (seats.FirstOrDefault(seat => seat.Instance.Endpoint == endpoint) is { } asked)
        {
            (asked.AskingBreaker, asked.Breaker) = (false, copy ?? asked.Breaker);
            asked.AskAgainAt = granted ? now : now + policy.ProbePause;
        }

        if (calls.TryGetValue(ticket, out var call) && call.Stage == CallStage.AskingBreaker)
        {
            if (granted)
            {
                Lease(call, probe: copy?.Status != BreakerStatus.Closed, now, tell: true);
            }
            else
            {
                bucket?.Return();
                Unhold(call);
                call.Stage = CallStage.Waiting;
                line.Return(call);
            }
        }
        else if (granted && copy?.Status != BreakerStatus.Closed)
        {
            // Whoever asked has left meanwhile. Without a word from us the breaker would keep the place for its probe.
            effects.Enqueue(new DeskEffect.ReportCall(ticket, endpoint, CallOutcome.Abandoned));
        }

        Serve(now, asking: null);
    }

    /// <summary>Does what time has made due.</summary>
    public void Advance(DateTimeOffset now)
    {
        EndSilentLeases(now);
        Serve(now, asking: null);
    }

    /// <summary>When time alone can change something next; null when only a command can.</summary>
    public DateTimeOffset? NextAt(DateTimeOffset now)
    {
        var next = leases.First?.ExpiresAt;
        if (now < settlesAt && line.Count > 0)
        {
            return settlesAt < next || next is null ? settlesAt : next;
        }

        if (line.Count == 0 || agent is null || CallsOut >= agent.Concurrency)
        {
            return next;
        }

        var opening = IsShut(now) ? ProbeAt() : bucket?.TimeOf(1, now);
        return opening < next || next is null ? opening : next;
    }

    /// <summary>Takes the next thing to be done.</summary>
    public bool TryTake([NotNullWhen(true)] out DeskEffect? effect) => effects.TryDequeue(out effect);

    private static Seat Reuse(ImmutableArray<Seat> known, AgentInstance instance)
    {
        var seat = known.FirstOrDefault(seat => seat.Instance.Endpoint == instance.Endpoint) ?? new Seat(instance);
        seat.Instance = instance;
        return seat;
    }

    private void Serve(DateTimeOffset now, Call? asking)
    {
        while (line.Count > 0 && HasRoom(now))
        {
            var call = line.Take();
            Place(call, now, tell: call != asking);
        }
    }

    /// <summary>Whether one more call may go out to somebody now.</summary>
    private bool HasRoom(DateTimeOffset now) =>
        agent is not null && !(now < settlesAt) && CallsOut < agent.Concurrency && bucket?.Has(now) != false && !IsShut(now);

    private void Place(Call call, DateTimeOffset now, bool tell)
    {
        var seat = balancer.Choose(call.Ask, seats, agent!, breaker.ProbesMax, now, out var needsProbe)
            ?? throw new InvalidOperationException($"Agent '{agent!.Name}' had room for a call and nobody to take it.");
        bucket?.Take(now);
        Hold(call, seat);
        if (needsProbe)
        {
            call.Stage = CallStage.AskingBreaker;
            seat.AskingBreaker = true;
            effects.Enqueue(new DeskEffect.AskProbe(call.Ask.Ticket, seat.Instance.Endpoint));
        }
        else
        {
            Lease(call, probe: false, now, tell);
        }
    }

    private void Lease(Call call, bool probe, DateTimeOffset now, bool tell)
    {
        (call.Stage, call.Probe, call.ExpiresAt) = (CallStage.Leased, probe, now + policy.LeaseFor);
        call.Seat!.ProbesOut += probe ? 1 : 0;
        leases.Append(call);
        if (tell)
        {
            effects.Enqueue(new DeskEffect.TellGranted(call.ToGrant()));
        }
    }

    private void Prolong(Call call, DateTimeOffset now)
    {
        leases.Remove(call);
        call.ExpiresAt = now + policy.LeaseFor;
        leases.Append(call);
    }

    private void End(Call call, CallOutcome outcome, DateTimeOffset now)
    {
        calls.Remove(call.Ask.Ticket);
        if (call.Stage == CallStage.Waiting)
        {
            line.Leave(call);
            return;
        }

        Unhold(call);
        if (call.Stage == CallStage.Leased)
        {
            leases.Remove(call);
            Count(call, call.Seat!, outcome);
            if (call.Probe)
            {
                // What this probe decides is known when its report is answered; asking for the next one before that would be idle.
                call.Seat!.ProbesOut--;
                call.Seat.AskAgainAt = now + policy.ProbePause;
            }
        }
    }

    private void Count(Call call, Seat seat, CallOutcome outcome)
    {
        var made = outcome is CallOutcome.Answered or CallOutcome.Broken;
        Calls += made ? 1 : 0;
        Failures += outcome == CallOutcome.Broken ? 1 : 0;

        // A success is news only after failures, so that a healthy instance costs its breaker nothing.
        if (outcome == CallOutcome.Broken || call.Probe || (outcome == CallOutcome.Answered && seat.FailureReported))
        {
            seat.FailureReported = outcome == CallOutcome.Broken || (seat.FailureReported && !made);
            effects.Enqueue(new DeskEffect.ReportCall(call.Ask.Ticket, seat.Instance.Endpoint, outcome));
        }
    }

    private void Hold(Call call, Seat seat)
    {
        call.Seat = seat;
        seat.CallsOut++;
        CallsOut++;
    }

    private void Unhold(Call call)
    {
        call.Seat!.CallsOut--;
        CallsOut--;
    }

    private void EndSilentLeases(DateTimeOffset now)
    {
        while (leases.First is { } first && first.ExpiresAt <= now)
        {
            End(first, CallOutcome.Abandoned, now);
        }
    }

    /// <summary>Whether this start of the owner is its latest. A later one than was known ends what the earlier ones held.</summary>
    private bool IsCurrent(string owner, long epoch, DateTimeOffset now)
    {
        if (epochs.TryGetValue(owner, out var latest) && epoch <= latest)
        {
            return epoch == latest;
        }

        epochs[owner] = epoch;
        var orphans = calls.Values.Where(call => call.Ask.Owner == owner && call.Ask.Epoch < epoch).ToList();
        orphans.ForEach(call => End(call, CallOutcome.Abandoned, now));
        Serve(now, asking: null);
        return true;
    }

    private SlotAnswer AnswerTo(Call call, DateTimeOffset now) =>
        call.Stage == CallStage.Leased ? new SlotAnswer(call.ToGrant()) : new SlotAnswer(null, WaitOf(call, now));

    private Wait WaitOf(Call call, DateTimeOffset now)
    {
        var position = call.Stage == CallStage.Waiting ? line.PositionOf(call) : 1;
        if (call.Stage == CallStage.AskingBreaker || (IsShut(now) && seats.Any(seat => !seat.Instance.Drain)))
        {
            return new Wait(WaitKind.Breaker, agent!.Name, call.AskedAt, position, ProbeAt());
        }

        return now < settlesAt || CallsOut >= agent!.Concurrency || bucket is null || IsShut(now)
            ? new Wait(WaitKind.Capacity, agent!.Name, call.AskedAt, position)
            : new Wait(WaitKind.Limit, agent.Name, call.AskedAt, position, bucket.TimeOf(position, now));
    }

    private bool IsShut(DateTimeOffset now)
    {
        foreach (var seat in seats)
        {
            if (seat.MayTake(breaker.ProbesMax, now) != SeatAnswer.Shut)
            {
                return false;
            }
        }

        return true;
    }

    private DateTimeOffset? ProbeAt() => seats.Min(seat => seat.ProbeAt(breaker.ProbesMax));
}
