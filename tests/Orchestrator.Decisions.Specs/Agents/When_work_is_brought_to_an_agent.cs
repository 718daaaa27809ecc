using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Specs.Agents;

public sealed class When_work_is_brought_to_an_agent
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Admission admission = new();
    private readonly AgentDesk desk = new(DeskPolicy.Default);

    [Fact]
    public void it_is_taken_while_one_instance_takes_calls()
    {
        var agent = Declare(instances: ["http://a", "http://b"]);
        Open("http://a", Noon.AddSeconds(30));
        Ask(agent).ShouldBeNull();
        Open("http://b", Noon.AddSeconds(20));
        Ask(agent).ShouldBe(new Refusal("agent.unavailable", "Agent 'tutor' is currently unavailable", TimeSpan.FromSeconds(20)));
        Ask(agent).ShouldBe(new Refusal("agent.unavailable", "Agent 'tutor' is currently unavailable", TimeSpan.FromSeconds(20)));
    }

    [Fact] // S4-43: the next call after the recovery timeout is let through
    public void it_is_taken_again_when_a_probe_is_due()
    {
        var agent = Declare(instances: ["http://a"]);
        Open("http://a", Noon.AddSeconds(30));
        Ask(agent, Noon.AddSeconds(30)).ShouldBeNull();
    }

    [Fact]
    public void an_instance_that_a_person_has_shut_stays_shut()
    {
        var agent = Declare(instances: ["http://a"]);
        desk.BreakerStands("http://a", new BreakerCopy(BreakerStatus.Open, null, ByHand: true, 0), Noon);
        Ask(agent, Noon.AddDays(1))!.Code.ShouldBe("agent.unavailable");
    }

    [Fact]
    public void one_that_is_drained_takes_none()
    {
        var agent = Declare(new AgentInstance("http://a", Drain: true), new AgentInstance("http://b"));
        Ask(agent).ShouldBeNull();
        Open("http://b", Noon.AddSeconds(20));
        Ask(agent).ShouldBe(new Refusal("agent.unavailable", "Agent 'tutor' is currently unavailable", TimeSpan.FromSeconds(20)));
        Ask(Declare(new AgentInstance("http://a", Drain: true)))!.Code.ShouldBe("agent.unavailable");
    }

    [Fact]
    public void it_is_refused_until_the_next_check_where_nobody_is_well()
    {
        var agent = Declare(new AgentInstance("http://a"), new AgentInstance("http://b")) with { Health = new HealthCheck("/health", TimeSpan.FromSeconds(15), UnhealthyAfter: 1) };
        desk.Declare(agent, Noon);
        desk.HealthSeen("http://a", well: false, Noon);
        Ask(agent).ShouldBeNull();
        desk.HealthSeen("http://b", well: false, Noon);
        Ask(agent).ShouldBe(new Refusal("agent.unavailable", "Agent 'tutor' is currently unavailable", TimeSpan.FromSeconds(15)));

        // What was taken before goes out all the same: the checks may be wrong.
        desk.Acquire(new SlotAsk("1", "step/1", 3, "g", 1), Noon).Grant.ShouldNotBeNull();
    }

    [Fact]
    public void its_rate_lets_a_burst_in_and_then_so_many_a_minute()
    {
        var agent = Declare(new RateLimit(PerMinute: 60, Burst: 2), "http://a");
        Ask(agent).ShouldBeNull();
        Ask(agent).ShouldBeNull();
        Ask(agent).ShouldBe(new Refusal("agent.rate_limited", "Rate limit exceeded for agent 'tutor'", TimeSpan.FromSeconds(1)));
        Ask(agent, Noon.AddSeconds(1)).ShouldBeNull();
        Ask(agent, Noon.AddSeconds(1))!.Code.ShouldBe("agent.rate_limited");

        // Another rate is no way around the old one.
        Ask(agent with { RateLimit = new RateLimit(60, 3) }, Noon.AddSeconds(1))!.Code.ShouldBe("agent.rate_limited");
        Ask(agent with { RateLimit = null }, Noon.AddSeconds(1)).ShouldBeNull();
    }

    [Fact]
    public void one_that_is_not_set_up_says_what_it_wants()
    {
        var agent = Declare(instances: ["http://a"]) with { Disabled = "Set Models:Endpoint." };
        Ask(agent).ShouldBe(new Refusal("agent.disabled", "Set Models:Endpoint."));
        admission.Ask("nobody", null, desk, Noon).ShouldBe(new Refusal("agent.unavailable", "Agent 'nobody' is currently unavailable"));
    }

    private Refusal? Ask(AgentRegistration agent, DateTimeOffset? at = null) => admission.Ask("tutor", agent, desk, at ?? Noon);

    private void Open(string instance, DateTimeOffset until) => desk.BreakerStands(instance, new BreakerCopy(BreakerStatus.Open, until, ByHand: false, 5), Noon);

    private AgentRegistration Declare(RateLimit? limit = null, params string[] instances) => Declare(limit, [.. instances.Select(place => new AgentInstance(place))]);

    private AgentRegistration Declare(params AgentInstance[] instances) => Declare(null, instances);

    private AgentRegistration Declare(RateLimit? limit, AgentInstance[] instances)
    {
        var agent = AgentRules.Complete(new("tutor", AgentKind.Http, [], [.. instances], RateLimit: limit));
        desk.Declare(agent, Noon);
        return agent;
    }
}
