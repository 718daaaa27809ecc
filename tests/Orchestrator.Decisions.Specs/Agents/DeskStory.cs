using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Specs.Agents;

/// <summary>A desk, a clock one can set, and what the desk has asked for.</summary>
internal sealed class DeskStory
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AgentDesk desk = new(DeskPolicy.Default);

    /// <param name="mayHavePredecessor">Another desk may have been lost with leases out.</param>
    public DeskStory(AgentRegistration registration, bool mayHavePredecessor = false)
    {
        if (mayHavePredecessor)
        {
            desk.MayHavePredecessor(Now);
        }

        desk.Declare(registration, Now);
        Collect();
    }

    public AgentDesk Desk => desk;

    public DateTimeOffset Now { get; private set; } = Noon;

    public List<SlotGrant> Granted { get; } = [];

    public List<DeskEffect> Effects { get; } = [];

    public static AgentRegistration Agent(
        int concurrency = 100, RateLimit? rate = null, int queueMax = 100, Balancing balancing = Balancing.RoundRobin,
        BreakerPolicy? breaker = null, params AgentInstance[] instances) =>
        new("writer", AgentKind.Http, [], [.. instances.DefaultIfEmpty(new AgentInstance("http://a"))],
            concurrency, rate, [], QueueMax: queueMax, Balancing: balancing, Breaker: breaker);

    public SlotAnswer Ask(string ticket, int priority = 3, string group = "g", long epoch = 1, string host = "a")
    {
        var answer = desk.Acquire(new SlotAsk(ticket, "step/" + ticket, priority, group, epoch, Host: host), Now);
        if (answer.Grant is { } grant)
        {
            Granted.Add(grant);
        }

        Collect();
        return answer;
    }

    public void AskAll(params string[] tickets)
    {
        foreach (var ticket in tickets)
        {
            Ask(ticket);
        }
    }

    public void Release(string ticket, CallOutcome outcome = CallOutcome.Answered, double seconds = 0.1) =>
        Do(() => desk.Release(ticket, outcome, TimeSpan.FromSeconds(seconds), Now));

    /// <summary>All instances that are due are asked, and those named answer that they are well.</summary>
    public IEnumerable<string> CheckAll(params string[] well)
    {
        var asked = desk.TakeDueForCheck(Now).Select(instance => instance.Endpoint).ToList();
        Do(() => asked.ForEach(endpoint => desk.HealthSeen(endpoint, well.Contains(endpoint), Now)));
        return asked;
    }

    public void Withdraw(string ticket) => Do(() => desk.Withdraw(ticket, Now));

    public void Renew(SlotGrant grant) => Do(() => desk.Renew(grant, Now));

    public void Declare(AgentRegistration registration) => Do(() => desk.Declare(registration, Now));

    public void BreakerStands(string endpoint, BreakerStatus status, double? untilSeconds = null, bool byHand = false) => Do(() =>
        desk.BreakerStands(endpoint, new BreakerCopy(status, untilSeconds is { } s ? Noon.AddSeconds(s) : null, byHand, 1), Now));

    public void ProbeAnswered(string ticket, string endpoint, bool granted, BreakerStatus status) => Do(() =>
        desk.ProbeAnswered(ticket, endpoint, granted, new BreakerCopy(status, null, false, 1), Now));

    public void At(double seconds)
    {
        Now = Noon.AddSeconds(seconds);
        Do(() => desk.Advance(Now));
    }

    public IEnumerable<string> TicketsGranted => Granted.Select(grant => grant.Ticket);

    public IEnumerable<string> EndpointsGranted => Granted.Select(grant => grant.Instance.Endpoint);

    public static WaitKind? KindOf(SlotAnswer answer) => answer.Wait?.Kind;

    private void Do(Action command)
    {
        command();
        Collect();
    }

    private void Collect()
    {
        while (desk.TryTake(out var effect))
        {
            Effects.Add(effect);
            if (effect is DeskEffect.TellGranted told)
            {
                Granted.Add(told.Grant);
            }
        }
    }
}
