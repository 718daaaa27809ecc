using System.Collections.Immutable;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Schedules;

public sealed class When_a_workflow_sleeps_for_weeks
{
    [Fact]
    public void it_is_a_row_and_no_activation_until_its_time_has_come()
    {
        using var world = new ScheduleWorld();
        var plan = new Plan("p", [new Step("nap", Sleep: TimeSpan.FromDays(30))]);
        world.Do(() => world.Workflow("w").StartAsync(new StartWorkflow(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, "w")));
        var began = world.Journal.Rows().Single().CreatedAt;
        world.Pass(TimeSpan.FromHours(1));

        // Whoever is activated reads its history first.
        var reads = 0;
        world.Journal.Faults = new(BeforeRead: _ =>
        {
            reads++;
            return default;
        });
        world.Pass(TimeSpan.FromDays(29));
        reads.ShouldBe(0);
        world.Activations.ShouldBe(0);
        world.Journal.Rows().Single().Status.ShouldBe(WorkflowStatus.Waiting);

        world.Pass(TimeSpan.FromDays(1));
        var ended = world.Journal.Rows().Single();
        ended.Status.ShouldBe(WorkflowStatus.Completed);
        (ended.UpdatedAt - began).ShouldBeInRange(TimeSpan.FromDays(30), TimeSpan.FromDays(30) + TimeSpan.FromMinutes(15));
    }

    [Fact]
    public void a_restart_in_between_neither_wakes_it_early_nor_forgets_it()
    {
        using var world = new ScheduleWorld();
        var plan = new Plan("p", [new Step("nap", Sleep: TimeSpan.FromDays(10))]);
        world.Do(() => world.Workflow("w").StartAsync(new StartWorkflow(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, "w")));
        world.Pass(TimeSpan.FromDays(4));
        world.Down(TimeSpan.FromDays(3));
        world.Pass(TimeSpan.FromDays(2));
        world.Journal.Rows().Single().Status.ShouldBe(WorkflowStatus.Waiting);
        world.Pass(TimeSpan.FromDays(1.5));
        world.Journal.Rows().Single().Status.ShouldBe(WorkflowStatus.Completed);
    }
}
