using System.Globalization;
using Orchestrator.Testing.Postgres;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Tests.Cluster;

/// <summary>Three silos under steady load; one of them is killed and replaced, again and again; then they are left in peace.</summary>
/// <remarks>
/// Two rounds of ten seconds unless told otherwise: <c>ORC_CLUSTER_ROUNDS</c> and <c>ORC_CLUSTER_ROUND_SECONDS</c> make it longer, <c>ORC_CLUSTER_SEED</c> chooses the victims,
/// <c>ORC_CLUSTER_RATE</c> the workflows started in a second.
/// </remarks>
public sealed class When_silos_are_killed_under_load(ITestOutputHelper output)
{
    private const int StepsEach = 6;

    private static readonly TimeSpan Peace = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task every_accepted_workflow_ends_and_every_step_is_recorded_once()
    {
        var rounds = Setting("ORC_CLUSTER_ROUNDS", 2);
        var round = TimeSpan.FromSeconds(Setting("ORC_CLUSTER_ROUND_SECONDS", 10));
        var seed = Setting("ORC_CLUSTER_SEED", 1);
        var chance = new Random(seed);
        await using var agent = await CountingAgent.StartAsync();
        await using var database = await PostgresDatabase.CreateAsync();
        await using var cluster = await ClusterUnderTest.StartAsync(database.ConnectionString, silos: 3, ("worker", agent.Endpoint));
        var load = new SteadyLoad(cluster.Http, Workflow, Setting("ORC_CLUSTER_RATE", 20));
        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(stop.Token);

        for (var i = 0; i < rounds; i++)
        {
            await Task.Delay(round, TimeProvider.System);
            await cluster.KillAsync(chance.Next(cluster.Silos));
            await cluster.AddSiloAsync();
        }

        await stop.CancelAsync();
        await running;
        var left = TimeProvider.System.GetTimestamp();
        var audit = new WorkflowAudit(cluster.Http);
        var unfinished = await audit.UnfinishedAfterAsync(load.Accepted.Values, Peace);
        var quiet = TimeProvider.System.GetElapsedTime(left);
        var violations = await audit.ViolationsAsync(load.Accepted.Values, StepsEach);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            seed {seed}, {rounds} silos killed, one every {round.TotalSeconds} s
            {load.Accepted.Count} workflows accepted, {load.Refused} answers "come again", {load.Broken} requests without an answer
            accepted within {load.Latency(0.5).TotalMilliseconds:0} ms (half), {load.Latency(0.99).TotalMilliseconds:0} ms (99 in 100), {load.Latency(1).TotalMilliseconds:0} ms (all)
            {agent.Effects} effects at the agent, {agent.Repeats} calls repeated, at most {agent.UnderWayMost} at once
            all ended {quiet.TotalSeconds:0.0} s after the last kill and load; {unfinished.Count} did not, {violations.Count} violations
            """));

        // A run in which nothing was accepted, or nobody was killed, would show nothing.
        load.Accepted.Count.ShouldBeGreaterThan((int)(rounds * round.TotalSeconds));
        unfinished.ShouldBeEmpty();
        violations.ShouldBeEmpty();
        load.Moved.ShouldBe(0);
        agent.Effects.ShouldBe(load.Accepted.Count * StepsEach);
    }

    // A chain, a join, a rest and calls long enough to be under way when their silo dies.
    private static object Workflow(int number) => new
    {
        plan = new
        {
            id = "shift",
            parallel = true,
            steps = new object[]
            {
                Step("open", takes: 20),
                Step("left", takes: 50 + (number % 7 * 100), "open"),
                Step("middle", takes: 10, "open"),
                Step("right", takes: number % 10 == 0 ? 3_000 : 100, "open"),
                Step("join", takes: 20, "left", "middle", "right"),
                Step("close", takes: 10, "join"),
            },
        },
        tags = new { run = number.ToString(CultureInfo.InvariantCulture) },
    };

    private static object Step(string id, int takes, params string[] after) =>
        new { id, agentId = "worker", action = "work", input = new { takes }, dependencies = after, timeout = 30_000 };

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
