using System.Security.Cryptography;
using System.Text;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary>One server with a key, and those who ask it: the command line, and the clients that S2 shows.</summary>
public sealed class When_a_server_asks_for_keys(KeyedPlace keyed) : IClassFixture<KeyedPlace>
{
    private const string Key = KeyedPlace.Key;

    private readonly Workplace place = keyed.Place;

    private string Address => keyed.Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task the_command_line_shows_the_one_of_its_environment_or_of_a_file()
    {
        (await place.OrcAsync("list")).Exits(3).Errors.ShouldContain("This server asks for a key");
        (await OrcProcess.RunAsync(place.Folder, ["list", "-o", "json"], ("ORC_API_KEY", Key))).Exits(0).Output.ShouldContain("\"items\":[");
        place.Write("ci.key", Key + "\n");
        (await place.OrcAsync("run", Workplace.Example("fanout.yaml"), "--server", Address, "--api-key", "file:ci.key", "--detach")).Exits(0);
        (await place.OrcAsync("list", "--api-key", "file:nowhere.key")).Exits(2).Errors.ShouldContain("--api-key file:nowhere.key");
        keyed.Server.Said.ShouldNotContain(Key);
    }

    [ToolFact("sh", "curl", "sed")] // S2-70
    public async Task the_example_with_curl_gives_its_tasks_and_sees_them_end()
    {
        await using var script = OrcProcess.StartTool("sh", place.Folder, [Workplace.Example("clients/tasks.sh"), Address], ("ORC_API_KEY", Key));
        var said = (await script.EndAsync()).Exits(0).Output;
        said.Split('\n').Count(line => line.EndsWith(" completed", StringComparison.Ordinal)).ShouldBe(2, said);
        said.ShouldContain("\"total_tasks\":2,\"completed\":2,\"failed\":0");
    }

    [ToolFact("python3")] // S2-70
    public async Task the_example_in_python_gives_its_tasks_and_sees_them_end()
    {
        await using var script = OrcProcess.StartTool("python3", place.Folder, [Workplace.Example("clients/tasks.py"), Address], ("ORC_API_KEY", Key));
        (await script.EndAsync()).Exits(0).Output.ShouldContain("2 of 2 completed");

        await using var stranger = OrcProcess.StartTool("python3", place.Folder, [Workplace.Example("clients/tasks.py"), Address]);
        (await stranger.EndAsync()).Exits(1).Errors.ShouldContain("401: This server asks for a key");
    }
}

/// <summary>A folder with a server that asks for a key.</summary>
public sealed class KeyedPlace : IAsyncLifetime
{
    public const string Key = "ci-4f7a90d2c15e4b88ab31";

    public Workplace Place { get; } = new();

    public DevServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await Place.StartServerAsync(
        ("ORC__Api__RequireKeys", "true"), ("ORC__Operators__KeyHashes__ci", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))));

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Place.Dispose();
    }
}
