using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary>What the README promises: <c>kill -9</c> in the middle, then <c>orc dev</c>, and the same workflow is finished.</summary>
public sealed class When_the_process_is_killed : KilledRun
{
    [Theory, MemberData(nameof(Moments))]
    public Task the_next_server_finishes_the_same_workflow_and_repeats_no_completed_step(string moment, int number) => NextServerFinishesAsync(moment, number);

    [Fact]
    public async Task a_folder_that_is_not_marked_for_it_is_never_experimented_on()
    {
        File.Delete(Path.Combine(Place.DataFolder, "chaos-allowed"));
        await using var run = Place.Start(["run", "dinner.yaml"], ("ORC__Chaos__KillAfterEvent", "1"));
        (await run.EndAsync()).Exits(2).Errors.ShouldContain("has no file chaos-allowed");
        Calls.ShouldBeEmpty();
    }
}
