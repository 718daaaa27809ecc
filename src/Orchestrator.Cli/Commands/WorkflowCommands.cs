using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Cli.Doors;
using Orchestrator.Cli.Inputs;
using Orchestrator.Cli.Terminals;
using Orchestrator.Cli.Workflows;
using Orchestrator.Vocabulary.Workflows;
using Spectre.Console;

namespace Orchestrator.Cli.Commands;

/// <summary>Commands that are one request to a running server each: what the API offers, by the same names.</summary>
internal sealed class WorkflowCommands
{
    private readonly Terminal terminal;
    private readonly Argument<string> id = new("ID") { Description = "The workflow's id." };

    private WorkflowCommands(Terminal terminal) => this.terminal = terminal;

    public static IEnumerable<Command> Create(Terminal terminal)
    {
        var commands = new WorkflowCommands(terminal);
        return
        [
            commands.Get(),
            commands.List(),
            commands.Read("explain", "Say in one sentence what a workflow waits for.", "explain", commands.ShowSentence),
            commands.Read("history", "Show everything that happened to a workflow.", "history?limit=200", commands.ShowHistory),
            commands.Act("cancel", "End a workflow; what is out is told to stop."),
            commands.Act("pause", "Start nothing new in a workflow until it is resumed."),
            commands.Act("resume", "Let a paused workflow go on."),
            commands.Act("retry", "Try the failed steps of a workflow again."),
            commands.Act("rerun", "Run a workflow's plan again, from the beginning, as a new workflow."),
            commands.Signal(),
            commands.Approvals(),
            commands.Decide("approve", "Approve a step that waits for it."),
            commands.Decide("reject", "Reject a step that waits for approval."),
        ];
    }

    private Command Get()
    {
        var command = new Command("get", "Show a workflow.") { id };
        return ServerCommand.With(command, async (server, parsed, form, cancellationToken) =>
            WorkflowReport.ShowStatus(terminal, await server.GetAsync(parsed.GetRequiredValue(id), cancellationToken), form, TimeProvider.System.GetUtcNow()));
    }

    private Command List()
    {
        var state = new Option<string[]>("--state") { Description = "Only workflows in this state; may stand more than once.", HelpName = "STATE" };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 200.", DefaultValueFactory = _ => 20 };
        var command = new Command("list", "List workflows, newest first.") { state, limit };
        return ServerCommand.With(command, async (server, parsed, form, cancellationToken) =>
        {
            var query = new StringBuilder("workflows?limit=").Append(CultureInfo.InvariantCulture, $"{parsed.GetValue(limit)}");
            if (parsed.GetValue(state) is { Length: > 0 } wanted)
            {
                query.Append("&status=").Append(Uri.EscapeDataString(string.Join(',', wanted)));
            }

            var answer = await server.SendAsync(HttpMethod.Get, query.ToString(), null, cancellationToken);
            return ServerCommand.Show(answer, form, ShowList);
        });
    }

    private Command Read(string name, string description, string path, Action<JsonElement> show)
    {
        var command = new Command(name, description) { id };
        return ServerCommand.With(command, async (server, parsed, form, cancellationToken) =>
            ServerCommand.Show(await server.SendAsync(HttpMethod.Get, $"workflows/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/{path}", null, cancellationToken), form, show));
    }

    private Command Act(string name, string description)
    {
        var command = new Command(name, description) { id };
        return ServerCommand.With(command, async (server, parsed, form, cancellationToken) =>
            ServerCommand.Show(await server.SendAsync(HttpMethod.Post, $"workflows/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/{name}", "{}"u8.ToArray(), cancellationToken), form, ShowState));
    }

    private Command Signal()
    {
        var signal = new Argument<string>("NAME") { Description = "The signal's name." };
        var content = new Option<string[]>("--input", "-i") { Description = "Its content: k=v or k=@file.", HelpName = "k=v | k=@file" };
        var command = new Command("signal", "Send a message into a workflow.") { id, signal, content };
        return ServerCommand.With(command, async (server, parsed, form, cancellationToken) =>
        {
            var body = await InputArguments.Read(parsed.GetValue(content) ?? []).SendFilesAsync(server, cancellationToken);
            var path = $"workflows/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/signals/{Uri.EscapeDataString(parsed.GetRequiredValue(signal))}";
            return ServerCommand.Show(await server.SendAsync(HttpMethod.Post, path, body.Utf8.ToArray(), cancellationToken), form, ShowState);
        });
    }

    private Command Decide(string verb, string description)
    {
        var step = new Argument<string>("STEP") { Description = "The step's id." };
        var by = new Option<string?>("--by") { Description = "Who decides; you, without it." };
        var reason = new Option<string?>("--reason") { Description = "Why; kept in the workflow's history." };
        var command = new Command(verb, description) { id, step, by, reason };
        return ServerCommand.With(command, async (server, parsed, form, cancellationToken) =>
        {
            var who = parsed.GetValue(by) ?? Environment.UserName;
            return ServerCommand.Show(await server.DecideAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(step), verb, who, parsed.GetValue(reason), cancellationToken), form, ShowState);
        });
    }

    private Command Approvals()
    {
        var approver = new Option<string?>("--approver") { Description = "Only what this person may decide.", HelpName = "NAME" };
        var status = new Option<string>("--status") { Description = "waiting, approved, rejected, expired, withdrawn or any.", DefaultValueFactory = _ => "waiting" };
        var command = new Command("approvals", "List what waits for persons in all workflows, newest first.") { approver, status };
        return ServerCommand.With(command, async (server, parsed, form, cancellationToken) =>
        {
            var query = new StringBuilder("approvals?status=").Append(Uri.EscapeDataString(parsed.GetValue(status)!));
            if (parsed.GetValue(approver) is { } person)
            {
                query.Append("&approver=").Append(Uri.EscapeDataString(person));
            }

            return ServerCommand.Show(await server.SendAsync(HttpMethod.Get, query.ToString(), null, cancellationToken), form, ShowApprovals);
        });
    }

    private void ShowApprovals(JsonElement page)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("[bold]Workflow[/]", "[bold]Step[/]", "[bold]Status[/]", "[bold]Votes[/]", "[bold]Question[/]");
        foreach (var item in page.GetProperty("items").EnumerateArray())
        {
            var approvals = item.GetProperty("votes").EnumerateArray().Count(vote => vote.GetProperty("approved").GetBoolean());
            table.AddRow(
                new Text(item.GetProperty("workflow").GetString()!),
                new Text(ResultText.Clean(item.GetProperty("step").GetString()!)),
                new Text(item.GetProperty("status").GetString()!),
                new Text(string.Create(CultureInfo.InvariantCulture, $"{approvals}/{item.GetProperty("quorum").GetInt32()}")),
                new Text(ResultText.Clean(item.GetProperty("prompt").GetString()!)));
        }

        terminal.Results.Write(table);
        ServerCommand.NoteMore(terminal, page);
    }

    private void ShowSentence(JsonElement explanation) => terminal.Results.WriteLine(ResultText.Clean(explanation.GetProperty("sentence").GetString()!));

    private void ShowState(JsonElement answer) => terminal.Results.WriteLine(
        $"{answer.GetProperty("id").GetString()} is {WorkflowWords.Of(answer.GetProperty("state").Deserialize<WorkflowStatus>()).Word}.");

    private void ShowHistory(JsonElement page)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "", "");
        foreach (var entry in page.GetProperty("items").EnumerateArray())
        {
            var step = entry.GetProperty("data").TryGetProperty("step", out var path) ? path.GetString()! : "";
            table.AddRow(
                new Text(entry.GetProperty("number").GetRawText()),
                new Text(entry.GetProperty("at").GetDateTimeOffset().ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)),
                new Text(ResultText.Clean(entry.GetProperty("type").GetString()!)),
                new Text(ResultText.Clean(step)));
        }

        terminal.Results.Write(table);
        ServerCommand.NoteMore(terminal, page);
    }

    private void ShowList(JsonElement page)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("[bold]Id[/]", "[bold]State[/]", "[bold]Plan[/]", "[bold]Steps[/]", "[bold]Created[/]");
        foreach (var item in page.GetProperty("items").EnumerateArray())
        {
            var (icon, word, colour) = WorkflowWords.Of(item.GetProperty("state").Deserialize<WorkflowStatus>());
            table.AddRow(
                new Text(item.GetProperty("id").GetString()!),
                new Markup($"[{colour}]{icon} {word}[/]"),
                new Text(ResultText.Clean(item.GetProperty("planId").GetString() ?? "")),
                new Text($"{item.GetProperty("stepsDone")}/{item.GetProperty("stepsKnown")}"),
                new Text(item.GetProperty("createdAt").GetDateTimeOffset().ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)));
        }

        terminal.Results.Write(table);
        ServerCommand.NoteMore(terminal, page);
    }
}
