using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Grains.Tests.Agents.AgentWorld;

namespace Orchestrator.Grains.Tests.Agents;

public sealed class When_an_agent_breaks
{
    private static readonly BreakerPolicy Twice = new(FailureThreshold: 2, RecoveryTimeout: TimeSpan.FromSeconds(60));

    [Fact]
    public void its_breaker_opens_and_calls_wait_until_a_probe_succeeds()
    {
        using var world = Broken();
        var third = world.Start("third", "shaky");
        world.Pass(1);
        var wait = world.See(third).Steps[0].Wait!;
        (wait.Kind, wait.On, wait.Until is not null).ShouldBe((WaitKind.Breaker, "shaky", true));
        world.See("shaky")!.Instances.Single().Breaker.ShouldBe(BreakerStatus.Open);

        world.Answer = _ => AgentAnswer.Ok(Payload.Null);
        world.Finish(third, 70).Status.ShouldBe(WorkflowStatus.Completed);
        world.Pass(1);
        world.Do(() => world.Grains.Breaker("shaky", "shaky").GetAsync()).Status.ShouldBe(BreakerStatus.Closed);
        world.See("shaky")!.Instances.Single().Breaker.ShouldBe(BreakerStatus.Closed);
    }

    [Fact]
    public void no_more_than_the_probes_allowed_are_let_through()
    {
        using var world = Broken();
        world.Answer = _ => null;
        world.Start("third", "shaky");
        world.Start("fourth", "shaky");
        world.Pass(70);
        world.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public void an_open_breaker_survives_a_crash()
    {
        using var world = Broken();
        world.CrashAndRestart();
        world.See("shaky")!.Instances.Single().Breaker.ShouldBe(BreakerStatus.Open);
    }

    [Fact]
    public void a_person_can_open_and_close_it()
    {
        using var world = new AgentWorld(declared: Agent("fine"));
        var breaker = world.Grains.Breaker("fine", "fine");
        world.Do(() => breaker.TripAsync("ada")).ByHand.ShouldBeTrue();
        var workflow = world.Start("w", "fine");
        world.Pass(600);
        world.Calls.ShouldBeEmpty();
        world.Do(() => breaker.ResetAsync("ada")).Status.ShouldBe(BreakerStatus.Closed);
        world.Finish(workflow).Status.ShouldBe(WorkflowStatus.Completed);
    }

    private static AgentWorld Broken()
    {
        var world = new AgentWorld(declared: Agent("shaky", breaker: Twice));
        world.Answer = _ => AgentAnswer.Fail(AgentFailures.Unreachable, "gone", retryable: true);
        world.Finish(world.Start("first", "shaky"));
        world.Finish(world.Start("second", "shaky"));
        world.Pass(1);
        return world;
    }
}
