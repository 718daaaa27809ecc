using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

public sealed class When_a_run_is_interrupted : IAsyncLifetime
{
    private readonly Workplace place = new();
    private StubAgent cook = null!;

    public async Task InitializeAsync()
    {
        cook = await StubAgent.StartAsync();
        place.Declare("cook", cook.Endpoint);
        place.Write("plan.yaml", "id: tea\nsteps:\n  - { id: boil, agentId: cook, action: boil }\n  - { id: pour, agentId: cook, action: pour, dependencies: [boil] }\n");
    }

    public async Task DisposeAsync()
    {
        await cook.DisposeAsync();
        place.Dispose();
    }

    [Fact]
    public async Task it_says_how_to_go_on_and_going_on_repeats_nothing_that_was_done()
    {
        cook.Hold("pour");
        await using var run = place.Start(["run", "plan.yaml"]);
        await cook.CalledAsync("pour");
        run.Interrupt();
        var ended = (await run.EndAsync()).Exits(130);
        ended.Output.ShouldBeEmpty();
        ended.Errors.ShouldContain("Interrupted.");
        ended.Errors.ShouldContain("'orc dev' finishes it");
        var id = ended.Errors.Split('\n').Single(line => line.StartsWith("Workflow ", StringComparison.Ordinal) && line.Contains(" at ", StringComparison.Ordinal)).Split(' ')[1];
        ended.Errors.ShouldContain($"orc run --resume {id}");

        cook.Release("pour");
        (await place.OrcAsync("run", "--resume", id)).Exits(0).Output.ShouldContain("pour");
        cook.Calls.Count(call => call.Step == "boil").ShouldBe(1);
        cook.Calls.Where(call => call.Step == "pour").Select(call => call.IdempotencyKey).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task a_timeout_leaves_it_just_as_resumable()
    {
        cook.Hold("boil");
        var ended = (await place.OrcAsync("run", "plan.yaml", "--timeout", "15s")).Exits(5);
        ended.Errors.ShouldContain("Not finished after 15 s.");
        ended.Errors.ShouldContain("'orc dev' finishes it");
    }
}
