using System.Net;
using System.Text;
using System.Text.Json;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary>The example programs, as processes of their own (C-05, C-07).</summary>
public sealed class When_another_program_has_it_inside : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task a_console_that_is_killed_goes_on_where_it_was()
    {
        string[] arguments = [Workplace.Example("texts/photosynthesis.md")];
        await using (var first = OrcProcess.StartProgram("EmbeddedConsole.dll", place.Folder, arguments))
        {
            // Its grader takes a second; by now the summary may be done, the mark is not.
            await first.OutputLineAsync(line => line.EndsWith("step.started", StringComparison.Ordinal));
            await first.KillAsync();
        }

        await using var second = OrcProcess.StartProgram("EmbeddedConsole.dll", place.Folder, arguments);
        var ended = (await second.EndAsync()).Exits(0);
        ended.Output.ShouldContain("801 words, long enough.");
        ended.Output.Split('\n').Count(line => line.EndsWith("workflow.accepted", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task a_front_end_calls_the_grains()
    {
        var port = FreePort();
        await using var front = OrcProcess.StartProgram("AspNetFrontEnd.dll", place.Folder, [], ("FRONT_END_URL", $"http://127.0.0.1:{port}"));
        await front.AnswersAsync(new Uri($"http://127.0.0.1:{port}/ready"));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var accepted = await http.PostAsync("/summaries?sentences=2", new StringContent(await File.ReadAllTextAsync(Workplace.Example("texts/photosynthesis.md")), Encoding.UTF8, "text/plain"));
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted, front.Everything);

        using var patience = new CancellationTokenSource(OrcProcess.Patience);
        HttpResponseMessage answer;
        do
        {
            answer = await http.GetAsync(accepted.Headers.Location, patience.Token);
        }
        while (answer.StatusCode == HttpStatusCode.Accepted);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var summary = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        summary.RootElement.GetProperty("sentences").GetArrayLength().ShouldBe(2);
        (await http.GetAsync("/summaries/nobody")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
