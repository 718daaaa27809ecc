using System.Net;
using Orchestrator.EndToEnd.Tests.Processes;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.EndToEnd.Tests.Cluster;

public sealed class When_a_process_cannot_join
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(15);

    [PostgresTheory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task a_front_end_that_finds_no_silo_says_so_and_stops_at_once_when_told(int killed)
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var cluster = ClusterUnderTest.Prepare(database.ConnectionString);
        for (var i = 0; i < killed; i++)
        {
            await cluster.AddSiloAsync();
        }

        for (var i = 0; i < killed; i++)
        {
            // Those who look for silos still read of it in the table: there was nobody left to call it dead.
            await cluster.KillAsync(index: 0);
        }

        var (frontend, address) = cluster.BeginFrontend();
        await frontend.AnswersAsync(new Uri(address, "/health/live"));
        using var http = new HttpClient { BaseAddress = address };
        (await http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var refused = await http.GetAsync("/api/v1/workflows");
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("cluster.unavailable");

        var told = TimeProvider.System.GetTimestamp();
        frontend.Terminate();
        (await frontend.EndAsync()).Exits(0);

        TimeProvider.System.GetElapsedTime(told).ShouldBeLessThan(AtOnce);
    }

    [PostgresFact]
    public async Task a_silo_whose_address_leads_the_others_to_themselves_is_refused()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var cluster = ClusterUnderTest.Prepare(database.ConnectionString);
        await cluster.AddSiloAsync();

        var (stranger, _) = cluster.BeginSilo(("ORC__Cluster__AdvertisedAddress", "192.0.2.11"));

        var finished = await stranger.EndAsync();
        finished.ExitCode.ShouldNotBe(0);
        (finished.Output + finished.Errors).ShouldContain(
            "Cluster:AdvertisedAddress: expected an address that silos on other machines reach, as the silo at 127.0.0.1 has one, or loopback for all; found 192.0.2.11");
    }
}
