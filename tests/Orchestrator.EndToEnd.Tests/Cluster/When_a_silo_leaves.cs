using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Orchestrator.EndToEnd.Tests.Processes;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.EndToEnd.Tests.Cluster;

/// <summary>SIGTERM: what a platform sends before it takes a machine away.</summary>
public sealed class When_a_silo_leaves
{
    /// <summary>Half of what a stop may take by default. An agent that works on must not be what it takes.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task the_call_it_was_making_is_made_again_elsewhere_under_its_key_and_counts_as_no_crash()
    {
        await using var agent = await StubAgent.StartAsync();
        agent.Hold("cook");
        await using var database = await PostgresDatabase.CreateAsync();
        await using var cluster = await ClusterUnderTest.StartAsync(database.ConnectionString, silos: 1, ("kitchen", agent.Endpoint));
        using var accepted = await cluster.Http.PostAsJsonAsync("workflows", new
        {
            plan = new { id = "dinner", steps = new[] { new { id = "cook", agentId = "kitchen", action = "work", input = new { dish = "stew" }, timeout = 300_000 } } },
        });
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        await agent.CalledAsync("cook");
        await cluster.AddSiloAsync();

        var told = TimeProvider.System.GetTimestamp();
        (await cluster.StopAsync(index: 0)).Exits(0);
        TimeProvider.System.GetElapsedTime(told).ShouldBeLessThan(Soon, "it waited for the agent");
        (await FateAsync(database, "silo-1")).ShouldBe("left");

        await agent.CalledAsync("cook", times: 2);
        agent.Release("cook");
        (await EndOfAsync(cluster, id)).GetProperty("state").GetString().ShouldBe("completed");
        agent.Calls.Distinct().ShouldHaveSingleItem("the second call is the same attempt under the same key");
        agent.Calls.Count.ShouldBe(2);

        // Whether the history tells of it depends on who was first: the store, which knows that the process has left, or a message that brought the workflow back before.
        var history = await cluster.Http.GetFromJsonAsync<JsonElement>($"workflows/{id}/history");
        history.GetProperty("items").EnumerateArray().Where(entry => entry.GetProperty("type").GetString() == "step.repeated")
            .ShouldAllBe(repeated => Crashes(repeated) == 0);
    }

    [PostgresFact]
    public async Task one_that_was_killed_is_told_apart()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var cluster = await ClusterUnderTest.StartAsync(database.ConnectionString, silos: 2);

        await cluster.KillAsync(index: 0);

        var began = TimeProvider.System.GetTimestamp();
        string? fate;
        while ((fate = await FateAsync(database, "silo-1")) is null && TimeProvider.System.GetElapsedTime(began) < OrcProcess.Patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }

        fate.ShouldBe("lost");
    }

    private static int Crashes(JsonElement repeated) => repeated.GetProperty("data").TryGetProperty("crashes", out var count) ? count.GetInt32() : 0;

    /// <summary>What the store remembers of a process; null while it lives.</summary>
    private static async Task<string?> FateAsync(PostgresDatabase database, string owner)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select ended from orchestrator.processes where owner = $1", connection) { Parameters = { new() { Value = owner } } };
        return await command.ExecuteScalarAsync() as string;
    }

    private static async Task<JsonElement> EndOfAsync(ClusterUnderTest cluster, string id)
    {
        for (var tries = 0; tries < 10; tries++)
        {
            var workflow = await cluster.Http.GetFromJsonAsync<JsonElement>($"workflows/{id}?wait=9");
            if (workflow.GetProperty("finishedAt").ValueKind != JsonValueKind.Null)
            {
                return workflow;
            }
        }

        throw new TimeoutException($"Workflow {id} did not end: {await cluster.Http.GetStringAsync($"workflows/{id}/explain")}");
    }
}
