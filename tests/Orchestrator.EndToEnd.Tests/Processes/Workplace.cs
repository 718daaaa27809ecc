using System.Net.Http.Json;
using System.Text.Json;

namespace Orchestrator.EndToEnd.Tests.Processes;

/// <summary>A folder to work in, as a user would have one: settings, plans, and the data folder that the program makes.</summary>
public sealed class Workplace : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orc-tests-");

    public string Folder => folder.FullName;

    public string DataFolder => Path.Combine(Folder, ".orc");

    /// <summary>The examples that the repository ships.</summary>
    public static string Example(string name)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        while (here is not null && !File.Exists(Path.Combine(here.FullName, "Orchestrator.sln")))
        {
            here = here.Parent;
        }

        return Path.Combine(here!.FullName, "examples", name);
    }

    public string Write(string name, string text)
    {
        var file = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Declares an HTTP agent in the settings file.</summary>
    public void Declare(string agent, string endpoint) =>
        Write("orchestrator.yaml", $"agents:\n  declared:\n    {agent}:\n      endpoints: [{endpoint}]\n");

    public Task<Finished> OrcAsync(params string[] arguments) => OrcProcess.RunAsync(Folder, arguments);

    public OrcProcess Start(string[] arguments, params (string Name, string Value)[] environment) => OrcProcess.Start(Folder, arguments, environment);

    public Task<DevServer> StartServerAsync(params (string Name, string Value)[] environment) => DevServer.StartAsync(this, environment);

    public void Dispose() => folder.Delete(recursive: true);
}

/// <summary>A running <c>orc dev</c> and its API.</summary>
public sealed class DevServer : IAsyncDisposable
{
    private readonly OrcProcess process;

    private DevServer(OrcProcess process, Uri address)
    {
        this.process = process;
        Http = new HttpClient { BaseAddress = new Uri(address, "/api/v1/"), Timeout = OrcProcess.Patience };
    }

    public HttpClient Http { get; }

    /// <summary>Everything the process has written.</summary>
    public string Said => process.Everything;

    public static async Task<DevServer> StartAsync(Workplace place, params (string Name, string Value)[] environment)
    {
        var process = place.Start(["dev", "--urls", "http://127.0.0.1:0", "--no-open"], environment);
        var line = await process.OutputLineAsync(text => text.StartsWith("API ", StringComparison.Ordinal));
        return new DevServer(process, new Uri(line[4..].Trim()));
    }

    /// <summary>The only workflow there is.</summary>
    public async Task<string> OnlyIdAsync()
    {
        var page = await Http.GetFromJsonAsync<JsonElement>("workflows");
        return page.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString()!;
    }

    /// <summary>Waits until the workflow has ended.</summary>
    public async Task<JsonElement> EndOfAsync(string id)
    {
        for (var tries = 0; tries < 4; tries++)
        {
            var workflow = await Http.GetFromJsonAsync<JsonElement>($"workflows/{id}?wait=30");
            if (workflow.GetProperty("finishedAt").ValueKind != JsonValueKind.Null)
            {
                return workflow;
            }
        }

        throw new TimeoutException($"Workflow {id} did not end: {await Http.GetStringAsync($"workflows/{id}/explain")}\n{process.Everything}");
    }

    public async Task<IReadOnlyList<JsonElement>> HistoryAsync(string id)
    {
        var page = await Http.GetFromJsonAsync<JsonElement>($"workflows/{id}/history?limit=200");
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    public Task<Finished> KillAsync() => process.KillAsync();

    /// <summary>Waits for a process that ends by itself.</summary>
    public Task<Finished> EndAsync() => process.EndAsync();

    public async Task<Finished> InterruptAsync()
    {
        process.Interrupt();
        return await process.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await process.DisposeAsync();
    }
}
