using System.Text.Json;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary>What the README promises: <c>kill -9</c> in the middle, then <c>orc dev</c>, and the same workflow is finished.</summary>
public sealed class When_the_process_is_killed : IAsyncLifetime
{
    private const string Plan = """
        id: dinner
        parallel: true
        steps:
          - { id: shop, agentId: cook, action: shop, input: { for: "${{ input.guests }}" } }
          - { id: soup, agentId: cook, action: cook, dependencies: [shop], input: { from: "${{ steps.shop.output.did }}" } }
          - { id: roast, agentId: cook, action: cook, dependencies: [shop], input: { from: "${{ steps.shop.output.did }}" } }
          - { id: cake, agentId: cook, action: bake, dependencies: [shop], input: { from: "${{ steps.shop.output.did }}" } }
          - { id: table, agentId: cook, action: lay, dependencies: [soup, roast], input: {} }
          - { id: serve, agentId: cook, action: serve, dependencies: [table, cake], input: { course: "${{ steps.cake.output.did }}" } }
        """;

    private static readonly string[] Steps = ["cake", "roast", "serve", "shop", "soup", "table"];

    private readonly Workplace place = new();
    private StubAgent cook = null!;

    public async Task InitializeAsync()
    {
        cook = await StubAgent.StartAsync();
        place.Declare("cook", cook.Endpoint);
        place.Write("dinner.yaml", Plan);
        place.Write(".orc/chaos-allowed", "");
    }

    public async Task DisposeAsync()
    {
        await cook.DisposeAsync();
        place.Dispose();
    }

    // Fourteen events make this workflow: it is accepted, six steps start and complete, it completes. The process dies at ten moments among them, when the
    // append that holds the event is not yet kept, or when it is kept and nobody has heard of it.
    [Theory]
    [InlineData("KillAfterEvent", 1)]
    [InlineData("KillBeforeEvent", 3)]
    [InlineData("KillAfterEvent", 3)]
    [InlineData("KillBeforeEvent", 7)]
    [InlineData("KillAfterEvent", 7)]
    [InlineData("KillAfterEvent", 8)]
    [InlineData("KillBeforeEvent", 10)]
    [InlineData("KillAfterEvent", 11)]
    [InlineData("KillBeforeEvent", 14)]
    [InlineData("KillAfterEvent", 14)]
    public async Task the_next_server_finishes_the_same_workflow_and_repeats_no_completed_step(string moment, int number)
    {
        await using (var run = place.Start(["run", "dinner.yaml", "--input", "guests=4"], ($"ORC__Chaos__{moment}", $"{number}")))
        {
            (await run.EndAsync()).Exits(128 + 9);
        }

        var before = cook.Calls;
        var killed = TimeProvider.System.GetUtcNow();
        await using var server = await place.StartServerAsync();
        var id = await server.OnlyIdAsync();
        var workflow = await server.EndOfAsync(id);

        // None lost: every step is done, and what they made is there.
        workflow.GetProperty("state").GetString().ShouldBe("completed");
        workflow.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("id").GetString()).Order().ShouldBe(Steps);
        workflow.GetProperty("output").GetProperty("got").GetProperty("course").GetString().ShouldBe("cake");

        // None repeated: a step that had completed when the process died was not called again.
        var history = await server.HistoryAsync(id);
        var completed = history.Where(entry => TypeOf(entry).Equals("step.completed", StringComparison.Ordinal)).ToList();
        completed.Select(StepOf).Order().ShouldBe(Steps);
        var done = completed.Where(entry => entry.GetProperty("at").GetDateTimeOffset() < killed).Select(StepOf).ToList();
        cook.Calls.Skip(before.Count).Select(call => call.Step).Intersect(done).ShouldBeEmpty();

        // A call that the crash cut off was repeated under the same key and number, so that the agent can tell.
        cook.Calls.GroupBy(call => call.Step).ShouldAllBe(step => step.Select(call => call.IdempotencyKey).Distinct().Count() == 1);
        cook.Calls.ShouldAllBe(call => call.Attempt == 1 && call.IdempotencyKey.Length > 0);
        history.Select(entry => entry.GetProperty("number").GetInt64()).ShouldBe(Enumerable.Range(1, history.Count).Select(number => (long)number));
    }

    [Fact]
    public async Task a_folder_that_is_not_marked_for_it_is_never_experimented_on()
    {
        File.Delete(Path.Combine(place.DataFolder, "chaos-allowed"));
        await using var run = place.Start(["run", "dinner.yaml"], ("ORC__Chaos__KillAfterEvent", "1"));
        (await run.EndAsync()).Exits(2).Errors.ShouldContain("has no file chaos-allowed");
        cook.Calls.ShouldBeEmpty();
    }

    private static string TypeOf(JsonElement entry) => entry.GetProperty("type").GetString()!;

    private static string StepOf(JsonElement entry) => entry.GetProperty("data").GetProperty("step").GetString()!;
}
