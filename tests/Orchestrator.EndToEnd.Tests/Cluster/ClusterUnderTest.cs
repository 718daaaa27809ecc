using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Cluster;

/// <summary>Silos and a front end as processes of their own, on one PostgreSQL.</summary>
public sealed class ClusterUnderTest : IAsyncDisposable
{
    private readonly Workplace place = new();
    private readonly List<OrcProcess> silos = [];
    private readonly string database;
    private int started;
    private OrcProcess? frontend;

    private ClusterUnderTest(string database) => this.database = database;

    public HttpClient Http { get; private set; } = null!;

    public int Silos => silos.Count;

    /// <param name="database">Its connection string.</param>
    /// <param name="silos">How many to start with.</param>
    /// <param name="agents">Names of agents and where they listen.</param>
    public static async Task<ClusterUnderTest> StartAsync(string database, int silos, params (string Name, string Endpoint)[] agents)
    {
        var cluster = new ClusterUnderTest(database);
        cluster.place.Write("orchestrator.yaml", "agents:\n  declared:\n"
            + string.Concat(agents.Select(agent => $"    {agent.Name}:\n      endpoints: [{agent.Endpoint}]\n      concurrency: 400\n")));
        for (var i = 0; i < silos; i++)
        {
            await cluster.AddSiloAsync();
        }

        await cluster.StartFrontendAsync();
        return cluster;
    }

    /// <summary>Starts one more silo and waits until it has joined.</summary>
    public async Task<OrcProcess> AddSiloAsync()
    {
        var health = FreePort();
        var silo = OrcProcess.StartProgram("Orchestrator.Silo.dll", place.Folder, [],
        [
            .. Settings("silo"),
            ("ORC__Cluster__Name", "silo-" + ++started),
            ("ORC__Cluster__AdvertisedAddress", "127.0.0.1"),
            ("ORC__Outbound__AllowLoopback", "true"),
            ("ORC__Cluster__SiloPort", FreePort()),
            ("ORC__Cluster__GatewayPort", FreePort()),
            ("ASPNETCORE_URLS", "http://127.0.0.1:" + health),
        ]);
        silos.Add(silo);
        await AnswersAsync(new Uri($"http://127.0.0.1:{health}/health/startup"), silo);
        return silo;
    }

    /// <summary><c>kill -9</c> of one silo.</summary>
    public async Task KillAsync(int index)
    {
        var silo = silos[index];
        silos.RemoveAt(index);
        await silo.KillAsync();
        await silo.DisposeAsync();
    }

    /// <summary>SIGTERM to one silo, and its end.</summary>
    public async Task<Finished> StopAsync(int index)
    {
        var silo = silos[index];
        silos.RemoveAt(index);
        silo.Terminate();
        var finished = await silo.EndAsync();
        await silo.DisposeAsync();
        return finished;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        foreach (var process in frontend is null ? silos : [.. silos, frontend])
        {
            await process.DisposeAsync();
        }

        place.Dispose();
    }

    private async Task StartFrontendAsync()
    {
        var address = new Uri("http://127.0.0.1:" + FreePort());
        frontend = OrcProcess.StartProgram("Orchestrator.ApiHost.dll", place.Folder, [],
            [.. Settings("frontend"), ("ORC__Api__Urls", address.ToString()), ("ORC__Api__CursorKey", "a cursor key that all front ends of this cluster share")]);
        await AnswersAsync(new Uri(address, "/health/ready"), frontend);
        Http = new HttpClient { BaseAddress = new Uri(address, "/api/v1/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    private (string, string)[] Settings(string role) =>
    [
        ("ORC__Cluster__Role", role),
        ("ORC__Data__Store", "postgres"),
        ("ORC__Data__Folder", Path.Combine(place.Folder, Path.GetRandomFileName())),
        ("ORC__Postgres__ConnectionString", "env:ORC_TEST_DATABASE"),
        ("ORC_TEST_DATABASE", database),
    ];

    private static async Task AnswersAsync(Uri probe, OrcProcess process)
    {
        using var http = new HttpClient();
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < OrcProcess.Patience)
        {
            try
            {
                using var answer = await http.GetAsync(probe);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException($"{probe} was not answered within {OrcProcess.Patience}.\n{process.Everything}");
    }

    private static string FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
