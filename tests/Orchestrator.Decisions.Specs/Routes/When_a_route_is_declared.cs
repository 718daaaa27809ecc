using Orchestrator.Decisions.Routes;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.Decisions.Specs.Routes;

public sealed class When_a_route_is_declared
{
    [Fact]
    public void its_pattern_is_its_name_unless_it_has_another()
    {
        RouteRules.Complete(new("", "upload", ["a"])).Name.ShouldBe("upload");
        RouteRules.Complete(new("mine", "upload", ["a"])).Name.ShouldBe("mine");
        RouteRules.Check(RouteRules.Complete(new("", "upload", ["a"]))).ShouldBeNull();
    }

    public static TheoryData<Route, string> Wrong() => new()
    {
        { new("", null, ["a"], ["word"]), "name" },
        { new("a b", "a", ["a"]), "name" },
        { new("a", "a b", ["a"]), "pattern" },
        { new("a", null, ["a"]), "pattern" },
        { new("a", "a"), "targetAgent" },
        { new("a", "a", ["no such name"]), "targetAgents" },
        { new("a", "a", ["b", "b"]), "targetAgents" },
        { new("a", "a", ["b"], [" "]), "keywords" },
        { new("a", "a", ["b"], ["x\ny"]), "keywords" },
        { new("a", "a", Capability: " "), "capability" },
        { new("a", "a", ["b"], Timeout: TimeSpan.Zero), "timeout" },
        { new("a", "a", ["b"], Timeout: TimeSpan.FromDays(31)), "timeout" },
        { new("a", "a", ["b"], Priority: 6), "priority" },
        { new("a", "a", ["b"], Description: new string('x', 1_025)), "description" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void what_breaks_a_rule_is_named(Route route, string member)
    {
        var complete = RouteRules.Complete(route);
        RouteRules.Problems(complete).Select(problem => problem.Member).ShouldBe([member]);
        RouteRules.Check(complete)!.Code.ShouldBe("route.invalid");
    }

    [Fact]
    public void a_stored_one_takes_the_place_of_the_declared_one_of_its_name()
    {
        Route[] declared = [new("a", "a", ["x"]), new("b", "b", ["x"])];
        Route[] stored = [new("c", "c", ["x"]), new("a", "a", ["y"])];
        var merged = RouteTable.Merge(declared, stored).ToList();
        merged.ShouldBe([stored[1], declared[1], stored[0]]);
        RouteTable.Merge(declared, merged).Take(2).ShouldBe(merged.Take(2));
    }

    [Fact]
    public void one_that_is_turned_off_is_found_by_nobody_and_gives_its_pattern_free()
    {
        var table = new RouteTable([new("a", "p", ["x"], Enabled: false), new("b", "p", ["y"]), new("c", "p", ["z"])]);
        table.ByPattern("p")!.Name.ShouldBe("b");
        table.Patterns.ShouldBe(["p"]);
    }
}
