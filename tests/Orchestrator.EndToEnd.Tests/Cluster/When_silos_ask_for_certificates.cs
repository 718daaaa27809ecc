using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Orchestrator.EndToEnd.Tests.Processes;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.EndToEnd.Tests.Cluster;

public sealed class When_silos_ask_for_certificates
{
    /// <summary>The shortest that is allowed. Who has not joined by then ends.</summary>
    private static readonly (string, string) Impatient = ("ORC__Cluster__JoinPatience", "00:00:05");

    [PostgresFact]
    public async Task those_of_their_authority_work_together_and_nobody_else_is_let_in()
    {
        using var ours = new TestAuthority();
        using var theirs = new TestAuthority();
        await using var agent = await StubAgent.StartAsync();
        await using var database = await PostgresDatabase.CreateAsync();
        await using var cluster = ClusterUnderTest.Prepare(database.ConnectionString, ("kitchen", agent.Endpoint));
        await cluster.AddSiloAsync(ours.Certificate("first"));
        await cluster.AddSiloAsync(ours.Certificate("second"));
        await cluster.AddFrontendAsync(ours.Certificate("door"));
        await CookAsync(cluster, times: 8);

        var (door, address) = cluster.BeginFrontend();
        await door.AnswersAsync(new Uri(address, "/health/live"));
        using var http = new HttpClient { BaseAddress = address };
        var (bare, _) = cluster.BeginSilo(Impatient);
        var (stranger, _) = cluster.BeginSilo([Impatient, .. theirs.Certificate("stranger")]);

        foreach (var outsider in (OrcProcess[])[bare, stranger])
        {
            var finished = await outsider.EndAsync();
            finished.ExitCode.ShouldNotBe(0);
            finished.Output.ShouldContain("Connection attempt to endpoint {EndPoint} failed");
            finished.Output.ShouldNotContain("Finished BecomeActive");
        }

        (await http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await WorkingMembersAsync(database)).ShouldBe(["silo-1", "silo-2"]);
        await CookAsync(cluster, times: 8);
    }

    /// <summary>Starts workflows, whose grains are spread over the silos, and sees each of them to its end.</summary>
    private static async Task CookAsync(ClusterUnderTest cluster, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var accepted = await cluster.Http.PostAsJsonAsync("workflows", new
            {
                plan = new { id = "dinner", steps = new[] { new { id = "cook", agentId = "kitchen", action = "work", input = new { dish = i } } } },
            });
            accepted.EnsureSuccessStatusCode();
            var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
            var workflow = await cluster.Http.GetFromJsonAsync<JsonElement>($"workflows/{id}?wait=9");
            workflow.GetProperty("state").GetString().ShouldBe("completed");
        }
    }

    /// <summary>Names of the silos that the cluster believes in.</summary>
    private static async Task<IReadOnlyList<string>> WorkingMembersAsync(PostgresDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select silo_name from orleans.members where status = 3 order by silo_name", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
