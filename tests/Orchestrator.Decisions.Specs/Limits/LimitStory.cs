using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Decisions.Specs.Limits;

/// <summary>A limit's desk, a clock one can set, and what the desk has asked for.</summary>
internal sealed class LimitStory
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public LimitStory(Limit limit, bool mayHavePredecessor = false, LimitDeskPolicy? policy = null)
    {
        Desk = new LimitDesk(policy ?? LimitDeskPolicy.Default);
        if (mayHavePredecessor)
        {
            Desk.MayHavePredecessor(Now);
        }

        Desk.Declare(LimitRules.Complete(limit), Now);
        Collect();
    }

    public LimitDesk Desk { get; }

    public DateTimeOffset Now { get; private set; } = Noon;

    /// <summary>All that ever had room, in that order.</summary>
    public List<LimitGrant> Granted { get; } = [];

    public List<LimitEffect> Effects { get; } = [];

    public IEnumerable<LimitEffect.TellRefused> Refused => Effects.OfType<LimitEffect.TellRefused>();

    public static Limit PerSecond(long amount, long burst = 1, OnLimit onLimit = OnLimit.Queue, params (string Key, int Weight)[] weights) => new(
        "llm", Requests: new LimitRate(amount, TimeSpan.FromSeconds(1), burst), OnLimit: onLimit, Weights: [.. weights.Select(one => new KeyWeight(one.Key, one.Weight))]);

    public static Limit Places(int places, OnLimit onLimit = OnLimit.Queue, params (string Key, int Weight)[] weights) => new(
        "llm", Concurrency: places, OnLimit: onLimit, Weights: [.. weights.Select(one => new KeyWeight(one.Key, one.Weight))]);

    public LimitAnswer Ask(string ticket, string key = "k", int priority = 3, int? tokens = null, long epoch = 1, string pool = "")
    {
        var answer = Desk.Acquire(new LimitAsk(ticket, "step/" + ticket, key, pool, priority, tokens, epoch), Now);
        if (answer.Grant is { } grant)
        {
            Granted.Add(grant);
        }

        Collect();
        return answer;
    }

    public void Release(string ticket, long? tokens = null)
    {
        Desk.Release(ticket, tokens, Now);
        Collect();
    }

    public void Withdraw(string ticket)
    {
        Desk.Withdraw(ticket, Now);
        Collect();
    }

    public void Renew(LimitGrant grant)
    {
        Desk.Renew(grant, Now);
        Collect();
    }

    public void Declare(Limit limit)
    {
        Desk.Declare(LimitRules.Complete(limit), Now);
        Collect();
    }

    /// <summary>Goes to that many seconds after noon, stopping wherever the desk wants to be looked at.</summary>
    public void At(double seconds)
    {
        var until = Noon.AddSeconds(seconds);
        while (Desk.NextAt(Now) is { } next && next <= until)
        {
            Now = next > Now ? next : Now;
            Desk.Advance(Now);
            Collect();
        }

        Now = until;
        Desk.Advance(Now);
        Collect();
    }

    private void Collect()
    {
        while (Desk.TryTake(out var effect))
        {
            Effects.Add(effect);
            if (effect is LimitEffect.TellGranted told)
            {
                Granted.Add(told.Grant);
            }
        }
    }
}
