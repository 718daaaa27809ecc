using System.Diagnostics;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

/// <summary>S3-32: the module that pages use (examples/use-agents) against the real server.</summary>
public sealed class When_a_page_uses_agents : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [NodeFact]
    public async Task its_messages_are_answered_and_its_subscriptions_hear()
    {
        await using var server = await place.StartServerAsync();
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--experimental-websocket", Workplace.Example("use-agents/try.mjs"), $"ws://{server.Http.BaseAddress!.Authority}/ws"])
        {
            start.ArgumentList.Add(argument);
        }

        using var node = Process.Start(start)!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync().WaitAsync(OrcProcess.Patience);
        node.ExitCode.ShouldBe(0, await errors);
        (await output).Trim().ShouldBe("All of it holds.");
    }
}
