using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Routing;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Grains.Tests.Agents.AgentWorld;

namespace Orchestrator.Grains.Tests.Agents;

public sealed class When_agents_are_registered
{
    [Fact]
    public void the_next_request_sees_them()
    {
        using var world = new AgentWorld();
        world.Do(() => world.Grains.Router().ResolveAsync(new RouteRequest(null, "sing"))).ShouldBeEmpty();
        world.Do(() => world.Grains.Agent("bird").RegisterAsync(Agent("bird", capabilities: ["sing"]))).Refusal.ShouldBeNull();
        world.Do(() => world.Grains.Router().ResolveAsync(new RouteRequest(null, "sing"))).Single().Agent.ShouldBe("bird");
        world.Finish(world.Start("w", null, action: "sing")).Status.ShouldBe(WorkflowStatus.Completed);
    }

    [Fact]
    public void the_same_again_changes_nothing_and_another_version_is_refused()
    {
        using var world = new AgentWorld();
        var bird = world.Grains.Agent("bird");
        var first = world.Do(() => bird.RegisterAsync(Agent("bird")));
        world.Do(() => bird.RegisterAsync(Agent("bird"))).ShouldBe(first);
        var second = world.Do(() => bird.RegisterAsync(Agent("bird", concurrency: 2), first.Version));
        second.Version.ShouldNotBe(first.Version);
        world.Do(() => bird.RegisterAsync(Agent("bird", concurrency: 2), first.Version)).ShouldBe(second, "the answer was lost, not the request");
        world.Do(() => bird.RegisterAsync(Agent("bird", concurrency: 3), first.Version)).Refusal!.Code.ShouldBe("agent.version");
    }

    [Fact]
    public void registrations_at_the_same_time_are_taken_one_after_the_other()
    {
        using var world = new AgentWorld();
        var bird = world.Grains.Agent("bird");
        var replies = world.Do(() => Task.WhenAll(Enumerable.Range(1, 10).Select(n => bird.RegisterAsync(Agent("bird", concurrency: n)))));
        replies.Select(reply => reply.Version).Distinct().Count().ShouldBe(10);
    }

    [Fact]
    public void they_survive_a_crash()
    {
        using var world = new AgentWorld();
        var version = world.Do(() => world.Grains.Agent("bird").RegisterAsync(Agent("bird", queueMax: 0))).Version;
        world.CrashAndRestart();
        var view = world.See("bird")!;
        (view.Version, view.Registration.QueueMax, view.Declared).ShouldBe((version!, 0, false));
        world.Do(() => world.Grains.AgentDirectory().ListAsync()).Select(agent => agent.Name).ShouldBe(["bird"]);
    }

    [Fact]
    public void nonsense_is_refused()
    {
        using var world = new AgentWorld();
        world.Do(() => world.Grains.Agent("bird").RegisterAsync(Agent("bird", concurrency: 0))).Refusal!.Code.ShouldBe("agent.invalid");
        world.Do(() => world.Grains.Agent("bird").RegisterAsync(Agent("fish"))).Refusal!.Code.ShouldBe("agent.invalid");
        world.See("bird").ShouldBeNull();
    }

    [Fact]
    public void removing_one_refuses_who_waits_for_it()
    {
        using var world = new AgentWorld();
        world.Do(() => world.Grains.Agent("bird").RegisterAsync(Agent("bird", concurrency: 1)));
        world.Answer = _ => null;
        world.Start("first", "bird");
        world.Pass(1);
        var second = world.Start("second", "bird");
        world.Pass(1);
        world.Do(() => world.Grains.Agent("bird").RemoveAsync()).Refusal.ShouldBeNull();
        world.Finish(second).Steps[0].Failure!.Code.ShouldBe(AgentFailures.NotFound);
        world.Do(() => world.Grains.AgentDirectory().ListAsync()).ShouldBeEmpty();
        world.Do(() => world.Grains.Agent("bird").RemoveAsync()).Refusal!.Code.ShouldBe(AgentFailures.NotFound);
    }

    [Fact]
    public void a_registered_one_stands_in_for_a_declared_one_until_it_is_removed()
    {
        using var world = new AgentWorld(declared: Agent("echo"));
        var declared = world.See("echo")!;
        declared.Declared.ShouldBeTrue();
        world.Do(() => world.Grains.Agent("echo").RemoveAsync()).Refusal!.Code.ShouldBe("agent.declared");
        world.Do(() => world.Grains.Agent("echo").RegisterAsync(Agent("echo", concurrency: 7)));
        world.See("echo")!.Registration.Concurrency.ShouldBe(7);
        world.Do(() => world.Grains.Agent("echo").RemoveAsync()).Version.ShouldBe(declared.Version);
        world.See("echo")!.Registration.Concurrency.ShouldBe(100);
    }
}
