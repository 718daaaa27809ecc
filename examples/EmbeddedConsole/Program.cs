// A program of its own that has the orchestrator inside: an agent in C#, a plan in C#, a result with a type.
//   dotnet run --project examples/EmbeddedConsole -- examples/texts/photosynthesis.md
// End it in the middle, however roughly, and start it again: it goes on where it was.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Client;
using Orchestrator.Client.Plans;
using Orchestrator.Embedded;

var file = args is [var named, ..] ? named : "examples/texts/photosynthesis.md";
if (!File.Exists(file))
{
    Console.Error.WriteLine($"There is no file {file}.");
    return 1;
}

// What agents do, with the types of what they take and give. The first ships with the product, the second is a piece of this program.
var summarize = new AgentAction<SummaryRequest, SummaryResult>("summary_agent", "summarize");
var grade = new AgentAction<GradeRequest, Grade>("grader", "grade");

var plan = PlanDefinition.Of<Essay, Report>("essay", essay =>
{
    var summary = essay.Step("summary", summarize, () => new SummaryRequest(essay.Input.Text, 2));
    var mark = essay.Step("mark", grade, () => new GradeRequest(essay.Input.Title, essay.Input.Text), new StepOptions { Attempts = 3, Timeout = TimeSpan.FromSeconds(10) });
    return () => new Report(summary.Output.Summary, mark.Output.Words, mark.Output.Mark);
});

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddEmbeddedOrchestrator(options =>
{
    options.Folder = Environment.GetEnvironmentVariable("ESSAY_FOLDER") ?? ".essays";
    options.Agent("grader", agent => agent.Does(grade, async (request, call, cancelled) =>
    {
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancelled);
        var words = request.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return new Grade(words, words >= 100 ? "long enough" : "too short");
    }));
});

using var host = builder.Build();
await host.StartAsync();
var client = host.Services.GetRequiredService<IOrchestratorClient>();

// The same key is the same work: whoever starts the program again joins what is under way, or gets what was done.
var workflow = await client.StartAsync(plan, new Essay(Path.GetFileNameWithoutExtension(file), await File.ReadAllTextAsync(file)), new StartOptions { Key = "essay:" + Path.GetFullPath(file) });
await foreach (var happened in workflow.WatchAsync())
{
    Console.WriteLine($"{happened.Number,3}  {happened.Type}");
}

var report = await workflow.ResultAsync();
Console.WriteLine($"{report.Words} words, {report.Mark}.{Environment.NewLine}{report.Summary}");
await host.StopAsync();
return 0;

internal sealed record Essay(string Title, string Text);

internal sealed record Report(string Summary, int Words, string Mark);

internal sealed record SummaryRequest(string Text, int Sentences);

internal sealed record SummaryResult(string Summary);

internal sealed record GradeRequest(string Title, string Text);

internal sealed record Grade(int Words, string Mark);
