using Orchestrator.Grains.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Tests.Agents;

public sealed class When_the_health_of_instances_is_checked
{
    private static readonly AgentRegistration Pair =
        AgentWorld.Agent("pair", kind: AgentKind.Http) with { Instances = [new("http://a"), new("http://b")], Health = new HealthCheck("/health") };

    [Fact]
    public void an_instance_turns_after_its_row_of_checks_and_back_again()
    {
        using var world = new AgentWorld(declared: Pair);
        world.Well.Add("http://b");
        Check(world).ShouldBe([true, true]);
        world.Pass(30);
        Check(world).ShouldBe([false, true]);

        world.Well.Add("http://a");
        world.Pass(30);
        Check(world).ShouldBe([false, true]);
        world.Pass(30);
        Check(world).ShouldBe([true, true]);
    }

    [Fact]
    public void asking_before_it_is_time_asks_nobody()
    {
        using var world = new AgentWorld(declared: Pair);
        for (var asked = 0; asked < 10; asked++)
        {
            Check(world).ShouldBe([true, true]);
            world.Pass(2);
        }

        world.See("pair")!.Instances.ShouldAllBe(instance => world.Clock.GetUtcNow() - instance.CheckedAt >= TimeSpan.FromSeconds(20));
    }

    private static IEnumerable<bool> Check(AgentWorld world)
    {
        world.Do(() => world.Grains.Agent("pair").CheckHealthAsync());
        return world.See("pair")!.Instances.Select(instance => instance.Healthy);
    }
}
