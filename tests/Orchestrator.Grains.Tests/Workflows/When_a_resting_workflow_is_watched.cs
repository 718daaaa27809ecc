using System.Collections.Immutable;
using Orchestrator.Grains.Tests.Agents;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Workflows;

/// <summary>A workflow that waits for a signal gives its memory back. Whoever watches it brings it into memory again, where it would like to rest.</summary>
public sealed class When_a_resting_workflow_is_watched
{
    [Fact]
    public void nobody_else_waits_for_as_long_as_the_watcher_does()
    {
        using var world = new AgentWorld();
        var id = new WorkflowId("w");
        var plan = new Plan("w", [new Step("go", Signal: "go")]);
        world.Do(() => world.Grains.Workflow(id).StartAsync(new StartWorkflow(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, "w")));
        var last = world.Do(() => world.Grains.Workflow(id).ReadHistoryAsync(0, 10)).LastNumber;
        world.Pass(60);

        var began = world.Clock.GetUtcNow();
        var page = world.Do(async () =>
        {
            var watch = world.Grains.Workflow(id).WatchAsync(last, 10, TimeSpan.FromSeconds(10));
            await world.Grains.Workflow(id).SignalAsync(new SendSignal("s", "go", Payload.EmptyObject));
            return await watch;
        });

        page.LastNumber.ShouldBeGreaterThan(last);
        (world.Clock.GetUtcNow() - began).ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }
}
