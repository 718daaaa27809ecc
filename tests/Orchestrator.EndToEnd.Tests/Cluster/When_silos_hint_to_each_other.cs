using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.EndToEnd.Tests.Processes;
using Orchestrator.Grains.Topics;
using Orchestrator.SiloHosting.Cluster;
using Orchestrator.Testing.Postgres;
using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary.Topics;
using Orleans;
using Orleans.Runtime;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Tests.Cluster;

/// <summary>A topic lives on a silo in a process of its own; who reads it is a silo in this one. Between them is the stream, and nothing else that is quick.</summary>
public sealed class When_silos_hint_to_each_other(ITestOutputHelper output)
{
    private const int Events = 20;

    /// <summary>The reader looks by itself so seldom that whatever reaches it sooner was told by a hint.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    [PostgresFact]
    public async Task a_reader_hears_of_what_is_new_on_another_silo_before_it_would_look()
    {
        var name = new TopicName("harvest");
        await using var database = await PostgresDatabase.CreateAsync();
        await using var cluster = await ClusterUnderTest.StartAsync(database.ConnectionString, silos: 1);

        // Published while there is no other silo: the topic lives on that one, and stays.
        using var first = await cluster.Http.PostAsJsonAsync($"topics/{name.Value}/events", new { specversion = "1.0", id = "first", source = "/tests", type = "sample.happened" });
        first.EnsureSuccessStatusCode();
        await using var silo = await JoinAsync(cluster);
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        var topic = grains.GetGrain<ITopicGrain>(name.Value);
        var place = await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(topic);
        place.ShouldNotBeNull().ShouldNotBe(silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress);

        // The first hint that comes shows that the stream is subscribed to. Until then each publication hints anew.
        using var bell = silo.Services.GetRequiredService<TopicBells>().Follow(name);
        var last = 0L;
        for (var began = TimeProvider.System.GetTimestamp(); bell.Newest == 0; await Task.WhenAny(bell.Next, Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System)))
        {
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(OrcProcess.Patience, "no hint came from the other silo");
            last = await PublishAsync(topic, (int)last);
        }

        // The first watch looks; from the second on the reader follows already and looks when it is told, or after ten seconds.
        var reader = grains.GetGrain<ITopicReaderGrain>(name.Value);
        var waited = new List<TimeSpan>();
        for (var i = 0; i < Events; i++)
        {
            var watch = reader.WatchAsync(last, limit: 1_000, LookEvery);
            var published = TimeProvider.System.GetTimestamp();
            last = await PublishAsync(topic, (int)last);
            var page = await watch;
            waited.Add(TimeProvider.System.GetElapsedTime(published));
            page.Events.ShouldHaveSingleItem().Number.ShouldBe(last);
        }

        waited.RemoveAt(0);
        waited.Sort();
        output.WriteLine($"{waited.Count} events heard on another silo after {waited[waited.Count / 2].TotalMilliseconds:0} ms (half), {waited[^1].TotalMilliseconds:0} ms (all); it looks by itself after {LookEvery.TotalSeconds:0} s");
        waited[^1].ShouldBeLessThan(LookEvery / 2);
        await silo.StopAsync();
    }

    private static async Task<long> PublishAsync(ITopicGrain topic, int number)
    {
        var reply = await topic.PublishAsync([SampleEvents.Sample(number)]);
        reply.Refusal.ShouldBeNull();
        return reply.Last;
    }

    private static async Task<WebApplication> JoinAsync(ClusterUnderTest cluster)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([.. cluster.SettingsOfOwnSilo(), new("Topics:LookEvery", LookEvery.ToString())]);
        builder.AddOrchestratorRole(hasApi: false);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var silo = builder.Build();
        await silo.StartAsync();
        return silo;
    }
}
