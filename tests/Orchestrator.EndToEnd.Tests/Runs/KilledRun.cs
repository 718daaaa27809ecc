using System.Text.Json;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary>What the README promises: <c>kill -9</c> in the middle, then <c>orc dev</c>, and the same workflow is finished.</summary>
public abstract class KilledRun : IAsyncLifetime
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

    /// <summary>Fourteen events make this workflow: it is accepted, six steps start and complete, it completes. The process dies at ten moments among them, when the
    /// append that holds the event is not yet kept, or when it is kept and nobody has heard of it.</summary>
    public static TheoryData<string, int> Moments => new()
    {
        { "KillAfterEvent", 1 }, { "KillBeforeEvent", 3 }, { "KillAfterEvent", 3 }, { "KillBeforeEvent", 7 }, { "KillAfterEvent", 7 },
        { "KillAfterEvent", 8 }, { "KillBeforeEvent", 10 }, { "KillAfterEvent", 11 }, { "KillBeforeEvent", 14 }, { "KillAfterEvent", 14 },
    };

    private static readonly string[] Steps = ["cake", "roast", "serve", "shop", "soup", "table"];

    private StubAgent cook = null!;

    protected Workplace Place { get; } = new();

    /// <summary>What every process of the test is started with.</summary>
    protected virtual (string Name, string Value)[] Environment => [];

    protected IReadOnlyList<StubCall> Calls => cook.Calls;

    public virtual async Task InitializeAsync()
    {
        cook = await StubAgent.StartAsync();
        Settle(cook.Endpoint);
        Place.Write("dinner.yaml", Plan);
        Place.Write(".orc/chaos-allowed", "");
    }

    /// <summary>Writes the settings file.</summary>
    protected virtual void Settle(string agent) => Place.Declare("cook", agent);

    public virtual async Task DisposeAsync()
    {
        await cook.DisposeAsync();
        Place.Dispose();
    }

    /// <summary>Kills a run at the given moment, and lets the next server finish it.</summary>
    protected async Task NextServerFinishesAsync(string moment, int number)
    {
        await using (var run = Place.Start(["run", "dinner.yaml", "--input", "guests=4"], [.. Environment, ($"ORC__Chaos__{moment}", $"{number}")]))
        {
            (await run.EndAsync()).Exits(128 + 9);
        }

        var before = cook.Calls;
        var killed = TimeProvider.System.GetUtcNow();
        await using var server = await Place.StartServerAsync(Environment);
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

    private static string TypeOf(JsonElement entry) => entry.GetProperty("type").GetString()!;

    private static string StepOf(JsonElement entry) => entry.GetProperty("data").GetProperty("step").GetString()!;
}
