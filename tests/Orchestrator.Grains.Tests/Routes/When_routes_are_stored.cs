using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Execution.Declarations;
using Orchestrator.Grains.Routes;
using Orchestrator.Grains.Routing;
using Orchestrator.Grains.Tests.Agents;
using Orchestrator.Vocabulary.Routes;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Grains.Tests.Routes;

public sealed class When_routes_are_stored : IDisposable
{
    private readonly Declared<Route> declared = Declared.Routes([new("shipped", "shipped", ["ingest"]), new("words", TargetAgents: ["ingest"], Keywords: ["file"])]);
    private readonly AgentWorld world;

    public When_routes_are_stored() => world = new AgentWorld(
        1, services => services.AddSingleton<IDeclared<Route>>(declared), AgentWorld.Agent("ingest", capabilities: "ingest"), AgentWorld.Agent("other"));

    private IRouteTableGrain Table => world.Grains.RouteTable();

    public void Dispose() => world.Dispose();

    [Fact]
    public void the_next_request_sees_them_and_the_same_again_changes_nothing()
    {
        Decide("mine").Refusal!.Code.ShouldBe("pattern.unknown");
        var first = Put(new("mine", "mine", ["other"], Timeout: TimeSpan.FromSeconds(7)));
        Decide("mine").Chosen.Single().Agent.ShouldBe("other");
        Decide("mine").Route!.Timeout.ShouldBe(TimeSpan.FromSeconds(7));
        var version = world.Do(() => Table.VersionAsync());
        Put(new("mine", "mine", ["other"], Timeout: TimeSpan.FromSeconds(7))).ShouldBe(first);
        world.Do(() => Table.VersionAsync()).ShouldBe(version);

        Put(new("mine", "mine", ["ingest"]), first.Version).Refusal.ShouldBeNull();
        Changed("mine").Chosen.Single().Agent.ShouldBe("ingest");
    }

    [Fact]
    public void they_survive_a_crash_in_their_order()
    {
        Put(new("z", "z", ["other"]));
        var version = Put(new("a", "a", ["other"], ["x"], "do", TimeSpan.FromSeconds(5), 4, Enabled: false, "why")).Version;
        world.CrashAndRestart();
        var list = world.Do(() => Table.ListAsync());
        list.Select(view => view.Route.Name).ShouldBe(["shipped", "words", "z", "a"]);
        list[3].Version.ShouldBe(version);
        var kept = list[3].Route;
        (kept.Pattern, kept.TargetAgents.Single(), kept.Keywords.Single(), kept.Capability, kept.Timeout, kept.Priority, kept.Enabled, kept.Description)
            .ShouldBe(("a", "other", "x", "do", TimeSpan.FromSeconds(5), 4, false, "why"));
        Decide("z").Chosen.Single().Agent.ShouldBe("other");
    }

    [Fact]
    public void one_takes_a_declared_ones_place_until_it_is_removed()
    {
        var shipped = world.Do(() => Table.GetAsync("shipped"))!;
        shipped.Declared.ShouldBeTrue();
        world.Do(() => Table.RemoveAsync("shipped")).Refusal!.Code.ShouldBe("route.declared");
        var off = Put(new("shipped", "shipped", ["ingest"], Enabled: false), shipped.Version);
        Changed("shipped").Refusal!.Code.ShouldBe("pattern.unknown");
        world.Do(() => Table.RemoveAsync("shipped", off.Version)).ShouldBe(new RouteReply(shipped.Version));
        Changed("shipped").Chosen.Single().Agent.ShouldBe("ingest");
    }

    [Fact]
    public void a_writer_who_has_not_seen_the_newest_is_refused()
    {
        var first = Put(new("mine", "mine", ["other"]), expected: "");
        Put(new("mine", "mine", ["ingest"]), expected: "").Refusal!.Code.ShouldBe("route.version");
        Put(new("mine", "mine", ["ingest"]), first.Version).Refusal.ShouldBeNull();
        world.Do(() => Table.RemoveAsync("mine", first.Version)).Refusal!.Code.ShouldBe("route.version");
        Put(new("gone", "gone", ["ingest"]), "r9").Refusal!.Code.ShouldBe("route.version");
    }

    [Fact]
    public void a_pattern_belongs_to_one_enabled_route()
    {
        Put(new("rival", "shipped", ["other"])).Refusal!.Code.ShouldBe("route.pattern_taken");
        Put(new("rival", "shipped", ["other"], Enabled: false)).Refusal.ShouldBeNull();
        Put(new("shipped", "shipped", ["ingest"], Enabled: false)).Refusal.ShouldBeNull();
        Put(new("rival", "shipped", ["other"])).Refusal.ShouldBeNull();
        Changed("shipped").Route!.Name.ShouldBe("rival");
    }

    [Fact]
    public void what_breaks_a_rule_is_refused() => Put(new("mine", "mine")).Refusal!.Code.ShouldBe("route.invalid");

    [Fact]
    public void what_the_host_declares_anew_counts_from_the_next_request_on()
    {
        Decide("shipped").Refusal.ShouldBeNull();
        var before = world.Do(() => Table.VersionAsync());
        declared.Replace([new("fresh", "fresh", ["other"])]);
        world.Do(() => Table.VersionAsync()).ShouldNotBe(before);
        Changed("shipped").Refusal!.Code.ShouldBe("pattern.unknown");
        Decide("fresh").Chosen.Single().Agent.ShouldBe("other");
        Should.Throw<ArgumentException>(() => declared.Replace([new("bad", "bad")])).Message.ShouldContain("Route 'bad'");
        Decide("fresh").Refusal.ShouldBeNull();
    }

    [Fact]
    public void an_agent_that_was_registered_a_moment_ago_is_found()
    {
        Put(new("mine", "mine", ["late"]));
        Decide("mine").Chosen.Single().Unavailable.ShouldNotBeNull();
        world.Do(() => world.Grains.Agent("late").RegisterAsync(AgentWorld.Agent("late", capabilities: "mine")));
        Decide("mine").Chosen.Single().Unavailable.ShouldBeNull();
    }

    private RouteReply Put(Route route, string? expected = null) => world.Do(() => Table.PutAsync(route, expected));

    // Elsewhere in a cluster a change is seen within a second.
    private RoutingDecision Changed(string pattern)
    {
        world.Pass(1);
        return Decide(pattern);
    }

    private RoutingDecision Decide(string pattern) => world.Do(() => world.Grains.Router().DecideAsync(new RoutingQuery(pattern)));
}
