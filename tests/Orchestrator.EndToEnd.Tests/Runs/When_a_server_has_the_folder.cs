using System.Net;
using System.Text.Json;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

public sealed class When_a_server_has_the_folder : IAsyncLifetime
{
    private readonly Workplace place = new();
    private DevServer server = null!;

    public async Task InitializeAsync() => server = await place.StartServerAsync();

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        place.Dispose();
    }

    [Fact]
    public async Task orc_run_joins_it()
    {
        var run = (await place.OrcAsync("run", Workplace.Example("flaky.yaml"), "--output", "json")).Exits(0);
        run.Errors.ShouldContain("Joining http://127.0.0.1:");
        var workflow = JsonDocument.Parse(run.Output).RootElement;
        (await server.OnlyIdAsync()).ShouldBe(workflow.GetProperty("id").GetString());
        (await server.Http.GetStringAsync("workflows/" + workflow.GetProperty("id").GetString())).ShouldBe(run.Output.TrimEnd('\n'));
    }

    [Fact]
    public async Task a_second_server_is_told_where_the_first_one_is()
    {
        var second = (await place.OrcAsync("dev", "--no-open")).Exits(1);
        second.Errors.ShouldContain("A server already runs on ./.orc: http://127.0.0.1:");
    }

    [Fact]
    public async Task a_person_approves_what_waits_for_it()
    {
        var id = (await place.OrcAsync("run", Workplace.Example("approval.yaml"), "--detach")).Exits(0).Output.Trim();
        await WaitsForApprovalAsync(id);
        (await place.OrcAsync("explain", id)).Exits(0).Output.ShouldContain("review");
        (await place.OrcAsync("approve", id, "review")).Exits(0);
        (await server.EndOfAsync(id)).GetProperty("state").GetString().ShouldBe("completed");
        (await place.OrcAsync("get", id)).Exits(0).Output.ShouldContain("completed");
        (await place.OrcAsync("history", id)).Exits(0).Output.ShouldContain("workflow.completed");
    }

    [Fact]
    public async Task the_commands_say_what_they_did()
    {
        var id = (await place.OrcAsync("run", Workplace.Example("approval.yaml"), "--detach")).Exits(0).Output.Trim();
        await WaitsForApprovalAsync(id);
        (await place.OrcAsync("pause", id)).Exits(0).Output.ShouldBe($"{id} is paused.\n");
        (await place.OrcAsync("resume", id)).Exits(0).Output.ShouldBe($"{id} is waiting.\n");
        (await place.OrcAsync("cancel", id)).Exits(0).Output.ShouldBe($"{id} is cancelled.\n");
        (await place.OrcAsync("list", "--state", "cancelled")).Exits(0).Output.ShouldContain(id);
        (await place.OrcAsync("get", id)).Exits(1);
        (await place.OrcAsync("get", "no-such-workflow")).Exits(4).Errors.ShouldContain("There is no workflow no-such-workflow");
    }

    [Fact]
    public async Task schedules_are_steered_from_a_terminal()
    {
        using var body = new StringContent("""{"every": "PT12H", "plan": {"id": "tick", "steps": [{"id": "hello", "agentId": "echo", "action": "echo", "input": {}}]}}""", System.Text.Encoding.UTF8, "application/json");
        (await server.Http.PutAsync("schedules/nightly", body)).EnsureSuccessStatusCode();
        (await place.OrcAsync("schedules", "list")).Exits(0).Output.ShouldContain("every 12 h");
        (await place.OrcAsync("schedules", "pause", "nightly", "--note", "holidays")).Exits(0).Output.ShouldContain("Note: holidays");
        (await place.OrcAsync("schedules", "resume", "nightly")).Exits(0).Output.ShouldContain("nightly is on");
        var started = (await place.OrcAsync("schedules", "trigger", "nightly", "--overlap", "allow_all")).Exits(0).Output.Trim();
        using var patience = new CancellationTokenSource(OrcProcess.Patience);
        while ((await server.Http.GetAsync("workflows/" + started, patience.Token)).StatusCode == HttpStatusCode.NotFound)
        {
            // What is owed is answered before it is started.
        }

        (await server.EndOfAsync(started)).GetProperty("state").GetString().ShouldBe("completed");
        (await place.OrcAsync("schedules", "show", "nightly")).Exits(0).Output.ShouldContain(started);
        (await place.OrcAsync("schedules", "backfill", "nightly", "--from", "2026-01-01T00:00:00.000Z", "--to", "2026-01-02T00:00:00.000Z")).Exits(0).Output.ShouldEndWith(" windows are started.\n");
        (await place.OrcAsync("schedules", "delete", "nightly")).Exits(0);
        (await place.OrcAsync("schedules", "show", "nightly")).Exits(4).Errors.ShouldContain("schedule.not_found");
    }

    [Fact]
    public async Task a_backup_beside_it_can_be_put_back_elsewhere()
    {
        var id = (await place.OrcAsync("run", Workplace.Example("flaky.yaml"), "--detach")).Exits(0).Output.Trim();
        var there = await server.EndOfAsync(id);
        (await place.OrcAsync("backup", "copy.db")).Exits(0).Errors.ShouldContain("1 workflows");
        (await place.OrcAsync("restore", "copy.db")).Exits(1).Errors.ShouldContain("store.in_use");

        using var elsewhere = new Workplace();
        (await elsewhere.OrcAsync("restore", Path.Combine(place.Folder, "copy.db"))).Exits(0);
        await using var other = await elsewhere.StartServerAsync();
        (await other.EndOfAsync(id)).GetRawText().ShouldBe(there.GetRawText());
    }

    [Fact]
    public async Task it_can_be_interrupted_and_says_that_nothing_is_lost() =>
        (await server.InterruptAsync()).Exits(0).Errors.ShouldContain("Everything is kept in ./.orc");

    private async Task WaitsForApprovalAsync(string id)
    {
        using var events = new StreamReader(await server.Http.GetStreamAsync($"workflows/{id}/events"));
        while (await events.ReadLineAsync() is { } line)
        {
            if (line.Contains("step.waiting", StringComparison.Ordinal) && line.StartsWith("event:", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException("The event stream ended before the workflow waited for approval.");
    }
}
