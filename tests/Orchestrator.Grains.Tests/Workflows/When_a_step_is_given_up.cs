using System.Diagnostics.Metrics;
using Orchestrator.Grains.Tests.Agents;
using Orchestrator.Grains.Tests.Silos;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Workflows;

public sealed class When_a_step_is_given_up
{
    [Fact]
    public void its_dead_letter_is_counted_once()
    {
        using var world = new AgentWorld(declared: AgentWorld.Agent("writer"));
        world.Answer = _ => throw new InvalidOperationException("no such unit");
        var counted = new List<string?>();
        using var listener = Hear(counted);
        world.Finish(world.Start("w", "writer")).Status.ShouldBe(WorkflowStatus.Failed);
        world.See(new WorkflowId("w"));
        counted.ShouldBe(["failed"]);
    }

    [Fact]
    public void the_longest_wait_for_room_is_shown()
    {
        using var world = new AgentWorld(declared: AgentWorld.Agent("writer", concurrency: 1));
        world.Answer = _ => null;
        world.Start("first", "writer");
        world.Pass(1);
        world.Start("second", "writer");
        world.Pass(4);
        world.See("writer")!.OldestWait.ShouldBeInRange(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5));
    }

    // Other tests give steps up as well.
    private static MeterListener Hear(List<string?> counted)
    {
        var thread = Environment.CurrentManagedThreadId;
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listening) =>
            {
                if (instrument.Name == "orc_dead_letters_total")
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (TestSilo.Serves(thread))
            {
                counted.Add(tags[0].Value as string);
            }
        });
        listener.Start();
        return listener;
    }
}
