using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Blobs;

/// <summary>Only the simulator stops between one turn and the next.</summary>
public sealed partial class When_payloads_are_large
{
    [Fact]
    public void a_crash_between_the_put_and_the_append_loses_nothing()
    {
        world.Answer = request => AgentAnswer.Ok(request.Agent == "writer" ? Large : Payload.From("read"));
        var workflow = Start("${{ steps.write.output }}");
        world.RunUntil(() => world.Blobs.All.Length == 1);
        world.History(workflow).OfType<StepCompleted>().ShouldBeEmpty("nobody has been told of it yet");

        world.CrashAndRestart();
        world.Do(() => world.Grains.Workflow(workflow).WakeAsync());

        world.Finish(workflow, withinSeconds: 300).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Where(call => call.Agent == "writer").Select(call => call.IdempotencyKey).Distinct().Count().ShouldBe(1);
        world.Blobs.All.Length.ShouldBe(1, "the same answer is the same blob");
        world.Calls[^1].Input.ShouldBe(Large);
    }
}
