// An ASP.NET front end that calls grains itself, with a silo in the same process.
//   dotnet run --project examples/AspNetFrontEnd
//   curl -X POST 'http://127.0.0.1:5080/summaries?sentences=2' --data-binary @examples/texts/photosynthesis.md
using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Ids;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.SiloHosting;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

const int TextBytesMax = 1024 * 1024;

if (DataFolder.TryOpen(Path.GetFullPath(Environment.GetEnvironmentVariable("FRONT_END_FOLDER") ?? ".front-end"), TimeProvider.System) is not DataFolderOpening.Opened { Folder: var folder })
{
    Console.Error.WriteLine("Another process has the data folder.");
    return 1;
}

using var ours = folder;
var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls(Environment.GetEnvironmentVariable("FRONT_END_URL") ?? "http://127.0.0.1:5080");
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = TextBytesMax);
builder.Services.AddOrchestratorSilo(folder);
var app = builder.Build();

// One step of a built-in agent. The text goes into the workflow's input, so no template ever holds what a stranger wrote.
var plan = new Plan("summary", [new Step("summary", "summary_agent", "summarize", Payload.From("${{ input }}"))]);

// The host listens when the silo has started.
app.MapGet("/ready", () => "ready");

app.MapPost("/summaries", async (HttpRequest request, int? sentences, IGrainFactory grains, IIdSource ids, CancellationToken cancelled) =>
{
    using var reader = new StreamReader(request.Body);
    var input = Payload.From(new { text = await reader.ReadToEndAsync(cancelled), sentences = Math.Clamp(sentences ?? 3, 1, 20) });
    var id = new WorkflowId(ids.Next());
    var reply = await grains.Workflow(id).StartAsync(new StartWorkflow(plan, input, Priority: 3, ImmutableSortedDictionary<string, string>.Empty, Fingerprint: id.Value), cancelled);
    return reply.Refusal is { } refusal ? Results.Problem(refusal.Message, title: refusal.Code, statusCode: 422) : Results.Accepted("/summaries/" + reply.Id.Value);
});

app.MapGet("/summaries/{id}", async (string id, IGrainFactory grains, CancellationToken cancelled) =>
{
    if (!WorkflowId.TryParse(id, out var workflow) || await grains.Workflow(workflow).GetAsync(cancelled) is not { } view)
    {
        return Results.NotFound();
    }

    return view.Status switch
    {
        WorkflowStatus.Completed => Results.Bytes(view.Steps[0].Output!.Value.Utf8.ToArray(), "application/json"),
        var status when status.IsFinal() => Results.Problem(view.Failure?.Message, title: status.ToString(), statusCode: 502),
        _ => Results.Accepted("/summaries/" + id),
    };
});

await app.RunAsync();
return 0;
