using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Cluster;

/// <summary>Silos and a front end as processes of their own, on one PostgreSQL.</summary>
public sealed class ClusterUnderTest : IAsyncDisposable
{
    private const string Database = "ORC_TEST_DATABASE";
    private const string CursorKey = "ORC_TEST_CURSOR_KEY";

    private readonly Workplace place = new();
    private readonly List<OrcProcess> silos = [];
    private readonly List<OrcProcess> others = [];
    private readonly string database;
    private int started;

    private ClusterUnderTest(string database) => this.database = database;

    public HttpClient Http { get; private set; } = null!;

    public int Silos => silos.Count;

    /// <param name="database">Its connection string.</param>
    /// <param name="silos">How many to start with.</param>
    /// <param name="agents">Names of agents and where they listen.</param>
    public static async Task<ClusterUnderTest> StartAsync(string database, int silos, params (string Name, string Endpoint)[] agents)
    {
        var cluster = Prepare(database, agents);
        for (var i = 0; i < silos; i++)
        {
            await cluster.AddSiloAsync();
        }

        await cluster.AddFrontendAsync();
        return cluster;
    }

    /// <summary>A cluster that nobody has joined yet. All its processes read one settings file, as those of a deployment may.</summary>
    public static ClusterUnderTest Prepare(string database, params (string Name, string Endpoint)[] agents)
    {
        var cluster = new ClusterUnderTest(database);
        cluster.place.Write("orchestrator.yaml", $"""
            data:
              store: postgres
            postgres:
              connectionString: env:{Database}
            api:
              cursorKey: env:{CursorKey}
            agents:
              declared: {(agents.Length == 0 ? "{}" : "")}

            """ + string.Concat(agents.Select(agent => $"    {agent.Name}:\n      endpoints: [{agent.Endpoint}]\n      concurrency: 400\n")));
        return cluster;
    }

    /// <summary>Starts one more silo and waits until it has joined.</summary>
    /// <param name="more">Variables for this one alone.</param>
    public async Task<OrcProcess> AddSiloAsync(params (string, string)[] more)
    {
        var (silo, health) = BeginSilo(more);
        others.Remove(silo);
        silos.Add(silo);
        await silo.AnswersAsync(new Uri(health, "startup"));
        return silo;
    }

    /// <summary>Starts a silo whatever becomes of it.</summary>
    /// <param name="more">Variables for this one alone.</param>
    public (OrcProcess Silo, Uri Health) BeginSilo(params (string, string)[] more)
    {
        var address = new Uri("http://127.0.0.1:" + Ports.Free());
        var silo = Begin("Orchestrator.Silo.dll",
        [
            .. Settings("silo"),
            ("ORC__Cluster__Name", "silo-" + ++started),
            ("ORC__Cluster__AdvertisedAddress", "127.0.0.1"),
            ("ORC__Outbound__AllowLoopback", "true"),
            ("ORC__Cluster__SiloPort", Ports.Free()),
            ("ORC__Cluster__GatewayPort", Ports.Free()),
            ("ASPNETCORE_URLS", address.ToString()),
            .. more,
        ]);
        return (silo, new Uri(address, "/health/"));
    }

    /// <summary>Starts the front end that <see cref="Http"/> talks with, and waits until it is in touch with the silos.</summary>
    /// <param name="more">Variables for this one alone.</param>
    public async Task AddFrontendAsync(params (string, string)[] more)
    {
        var (frontend, address) = BeginFrontend(more);
        await frontend.AnswersAsync(new Uri(address, "/health/ready"));
        Http = new HttpClient { BaseAddress = new Uri(address, "/api/v1/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Starts a front end whatever becomes of it.</summary>
    /// <param name="more">Variables for this one alone.</param>
    public (OrcProcess Frontend, Uri Address) BeginFrontend(params (string, string)[] more)
    {
        var address = new Uri("http://127.0.0.1:" + Ports.Free());
        return (Begin("Orchestrator.ApiHost.dll", [.. Settings("frontend"), ("ORC__Api__Urls", address.ToString()), .. more]), address);
    }

    /// <summary>What a silo in the test's own process is given to join.</summary>
    public IEnumerable<KeyValuePair<string, string?>> SettingsOfOwnSilo() =>
    [
        new("Cluster:Role", "silo"),
        new("Cluster:Name", "silo-of-the-test"),
        new("Cluster:AdvertisedAddress", "127.0.0.1"),
        new("Cluster:SiloPort", Ports.Free()),
        new("Cluster:GatewayPort", Ports.Free()),
        new("Data:Store", "postgres"),
        new("Data:Folder", Path.Combine(place.Folder, Path.GetRandomFileName())),
        new("Postgres:ConnectionString", "file:" + place.Write("connection-string", database)),
    ];

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
        foreach (var process in others.Concat(silos))
        {
            await process.DisposeAsync();
        }

        place.Dispose();
    }

    private OrcProcess Begin(string program, (string, string)[] environment)
    {
        var process = OrcProcess.StartProgram(program, place.Folder, [], environment);
        others.Add(process);
        return process;
    }

    private (string, string)[] Settings(string role) =>
    [
        ("ORC__Cluster__Role", role),
        ("ORC__Data__Folder", Path.Combine(place.Folder, Path.GetRandomFileName())),
        (Database, database),
        (CursorKey, Convert.ToBase64String("a cursor key that all front ends of this cluster share"u8)),
    ];
}
