using System.Net;
using System.Text.Json;
using Orchestrator.Adapters.Tests.Models;

namespace Orchestrator.ApiHost.Tests;

/// <summary>The whole product with the settings of the example, its models behind a server of the test.</summary>
public sealed class ExampleServer : SiloServer
{
    internal StubModel Model { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        Model = await StubModel.StartAsync();
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orchestrator.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Orchestrator.sln.");
        }

        var example = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "examples", "models", "orchestrator.yaml"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "orchestrator.yaml"), example.Replace("http://127.0.0.1:11434/v1", Model.Endpoint, StringComparison.Ordinal));
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Model.DisposeAsync();
    }
}

public sealed class When_a_model_endpoint_is_configured(ExampleServer server) : IClassFixture<ExampleServer>
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task the_agents_that_waited_for_it_work()
    {
        var before = server.Model.Asked.Count;
        server.Model.ThenSays("Guten Tag.");
        var workflow = await RunAsync("""{"id": "p", "steps": [{"id": "t", "action": "translate_content", "input": {"text": "Good day.", "target_language": "German"}}]}""");
        workflow.GetProperty("output").GetProperty("text").GetString().ShouldBe("Guten Tag.");
        server.Model.Models()[before].ShouldBe("llama3.2:3b");
        server.Model.Messages(before)[1].ShouldBe("user: Translate into the language 'German':\nGood day.");
    }

    [Fact]
    public async Task the_example_s_own_agent_answers_in_its_shape()
    {
        server.Model.ThenSays("""{"score": 8, "advice": "Say more of roots."}""");
        var workflow = await RunAsync("""{"id": "p", "steps": [{"id": "j", "agentId": "essay_judge", "action": "judge_essay", "input": {"topic": "plants", "grade": 5, "essay": "Plants grow."}}]}""");
        workflow.GetProperty("output").GetProperty("score").GetInt32().ShouldBe(8);
    }

    [Fact]
    public async Task a_request_that_the_rules_are_not_sure_of_goes_where_the_model_says()
    {
        server.Model.ThenSays("""{"primary_agent": "rag_agent", "confidence": 0.8, "reasoning": "It is about documents."}""");
        var response = await client.PostJsonAsync("/api/v1/routes:resolve", """{"content": "search the documents for tea"}""");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldContain("It is about documents.");
        text.ShouldContain("\"model\"");
    }

    private async Task<JsonElement> RunAsync(string plan)
    {
        var started = await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(plan))).JsonAsync();
        return await client.EndAsync(started.Id());
    }
}
