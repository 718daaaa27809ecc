using Orchestrator.Grains.Plans;
using Orchestrator.Grains.Tests.Agents;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Grains.Tests.Plans;

public sealed class When_plans_have_names : IDisposable
{
    private readonly AgentWorld world = new();

    private IPlanCatalogGrain Course => world.Grains.Plan("course");

    public void Dispose() => world.Dispose();

    [Fact]
    public void each_change_is_a_version_and_the_same_again_is_none()
    {
        Define("a").Version.ShouldBe(1);
        Define("a").Version.ShouldBe(1);
        Define("b").Version.ShouldBe(2);
        world.Do(() => Course.ListVersionsAsync()).Select(version => version.Version).ShouldBe([2, 1]);
        world.Do(() => Course.GetAsync())!.Plan.Steps[0].Id.ShouldBe("b");
        world.Do(() => Course.GetAsync(1))!.Plan.Steps[0].Id.ShouldBe("a");
        world.Do(() => Course.GetAsync(3)).ShouldBeNull();
    }

    [Fact]
    public void a_writer_who_has_not_seen_the_newest_is_refused()
    {
        Define("a", expected: 0).Version.ShouldBe(1);
        Define("b", expected: 0).Refusal!.Code.ShouldBe("plan.version");
        Define("b", expected: 1).Version.ShouldBe(2);
    }

    [Fact]
    public void numbers_go_on_after_a_removal()
    {
        Define("a");
        world.Do(() => Course.RemoveAsync()).Refusal.ShouldBeNull();
        world.Do(() => Course.GetAsync()).ShouldBeNull();
        world.Do(() => Course.RemoveAsync()).Refusal!.Code.ShouldBe("plan.not_found");
        Names().ShouldBeEmpty();
        Define("a").Version.ShouldBe(2);
        Names().ShouldBe(["course"]);
    }

    [Fact]
    public void they_survive_a_crash()
    {
        Define("a");
        world.CrashAndRestart();
        world.Do(() => Course.GetAsync())!.Plan.Steps[0].Id.ShouldBe("a");
        Names().ShouldBe(["course"]);
    }

    [Fact]
    public void only_so_many_versions_are_kept()
    {
        for (var n = 0; n < 105; n++)
        {
            Define("s" + n);
        }

        var kept = world.Do(() => Course.ListVersionsAsync()).Select(version => version.Version).ToList();
        (kept.Count, kept[0], kept[^1]).ShouldBe((100, 105, 6));
    }

    private PlanReply Define(string step, int? expected = null) =>
        world.Do(() => Course.DefineAsync(new Plan("course", [new Step(step, Action: "do", Dependencies: [])]), expected));

    private string[] Names() => [.. world.Do(() => world.Grains.PlanDirectory().ListAsync(null, 10)).Select(plan => plan.Name)];
}
