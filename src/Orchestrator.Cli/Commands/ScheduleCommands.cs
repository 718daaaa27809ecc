using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Cli.Doors;
using Orchestrator.Cli.Terminals;
using Orchestrator.Cli.Workflows;
using Spectre.Console;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc schedules</c>: what the API offers of schedules, by the same names.</summary>
internal sealed class ScheduleCommands
{
    private readonly Terminal terminal;
    private readonly Argument<string> name = new("NAME") { Description = "The schedule's name." };

    private ScheduleCommands(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var commands = new ScheduleCommands(terminal);
        return new Command("schedules", "List, show and steer what starts workflows at times.")
        {
            commands.List(),
            commands.Show(),
            commands.Note("pause", "Start nothing at a schedule's windows until it is resumed."),
            commands.Note("resume", "Let a paused schedule go on; what passed meanwhile stays passed."),
            commands.Trigger(),
            commands.Backfill(),
            commands.Delete(),
        };
    }

    private Command List() => ServerCommand.With(
        new Command("list", "List schedules by name."),
        async (server, _, form, cancellationToken) => ServerCommand.Show(await server.SendAsync(HttpMethod.Get, "schedules?limit=200", null, cancellationToken), form, ShowList));

    private Command Show()
    {
        var next = new Option<int>("--next") { Description = "So many windows to come, 0 to 100.", DefaultValueFactory = _ => 5 };
        return ServerCommand.With(
            new Command("show", "Show a schedule, its next windows and what became of the last ones.") { name, next },
            async (server, parsed, form, cancellationToken) => ServerCommand.Show(
                await server.SendAsync(HttpMethod.Get, FormattableString.Invariant($"{PathOf(parsed)}?next={parsed.GetValue(next)}"), null, cancellationToken), form, ShowOne));
    }

    private Command Note(string verb, string description)
    {
        var note = new Option<string?>("--note") { Description = "Why; kept with the schedule." };
        return ServerCommand.With(
            new Command(verb, description) { name, note },
            async (server, parsed, form, cancellationToken) => ServerCommand.Show(
                await server.SendAsync(HttpMethod.Post, $"{PathOf(parsed)}/{verb}", Json(new { note = parsed.GetValue(note) }), cancellationToken), form, ShowOne));
    }

    private Command Trigger()
    {
        var overlap = Overlap();
        return ServerCommand.With(
            new Command("trigger", "Start a schedule's workflow now, as its overlap policy allows.") { name, overlap },
            async (server, parsed, form, cancellationToken) => ServerCommand.Show(
                await server.SendAsync(HttpMethod.Post, PathOf(parsed) + "/trigger", Json(new { overlap = parsed.GetValue(overlap) }), cancellationToken),
                form,
                answer => terminal.Results.WriteLine(answer.GetProperty("workflow").GetString()!)));
    }

    private Command Backfill()
    {
        var from = new Option<string>("--from") { Description = "The first moment, such as 2026-01-31T00:00:00.000Z.", Required = true, HelpName = "MOMENT" };
        var to = new Option<string>("--to") { Description = "The last moment.", Required = true, HelpName = "MOMENT" };
        var overlap = Overlap();
        return ServerCommand.With(
            new Command("backfill", "Start a schedule's windows of the past whose workflow is not there.") { name, from, to, overlap },
            async (server, parsed, form, cancellationToken) => ServerCommand.Show(
                await server.SendAsync(
                    HttpMethod.Post,
                    PathOf(parsed) + "/backfill",
                    Json(new { from = parsed.GetRequiredValue(from), to = parsed.GetRequiredValue(to), overlap = parsed.GetValue(overlap) }),
                    cancellationToken),
                form,
                answer => terminal.Results.WriteLine($"{answer.GetProperty("windows").GetInt32()} windows are started.")));
    }

    private Command Delete() => ServerCommand.With(
        new Command("delete", "Forget a schedule, whatever its version; workflows that run go on.") { name },
        async (server, parsed, _, cancellationToken) =>
        {
            await server.SendAsync(HttpMethod.Delete, PathOf(parsed), null, cancellationToken, ifMatch: "*");
            return ExitCode.Ok;
        });

    private static Option<string?> Overlap() => new("--overlap")
    {
        Description = "Another overlap policy for this once: skip, buffer_one, buffer_all, cancel_other, terminate_other or allow_all.",
        HelpName = "POLICY",
    };

    private string PathOf(ParseResult parsed) => "schedules/" + Uri.EscapeDataString(parsed.GetRequiredValue(name));

    // What was not said is left out, so that the schedule's own word holds.
    private static byte[] Json<T>(T body) => JsonSerializer.SerializeToUtf8Bytes(body, new JsonSerializerOptions { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull });

    private void ShowList(JsonElement page)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("[bold]Name[/]", "[bold]When[/]", "[bold]State[/]", "[bold]Next[/]", "[bold]Started[/]");
        foreach (var item in page.GetProperty("items").EnumerateArray())
        {
            table.AddRow(
                new Text(item.GetProperty("name").GetString()!),
                new Text(ResultText.Clean(When(item))),
                new Text(StateOf(item)),
                new Text(item.GetProperty("next").EnumerateArray().Select(Local).FirstOrDefault("none")),
                new Text(item.GetProperty("counts").GetProperty("started").GetRawText()));
        }

        terminal.Results.Write(table);
        ServerCommand.NoteMore(terminal, page);
    }

    private void ShowOne(JsonElement schedule)
    {
        terminal.Results.WriteLine($"{schedule.GetProperty("name").GetString()} is {StateOf(schedule)}: {ResultText.Clean(When(schedule))}");
        if (schedule.GetProperty("note").GetString() is { } note)
        {
            terminal.Results.WriteLine("Note: " + ResultText.Clean(note));
        }

        terminal.Results.WriteLine("Windows: " + string.Join(", ", schedule.GetProperty("counts").EnumerateObject().Select(count => $"{count.Value.GetRawText()} {count.Name}")));
        foreach (var next in schedule.GetProperty("next").EnumerateArray())
        {
            terminal.Results.WriteLine("Next: " + Local(next));
        }

        foreach (var start in schedule.GetProperty("recent").EnumerateArray())
        {
            var problem = start.GetProperty("problem").GetString();
            terminal.Results.WriteLine($"{Local(start.GetProperty("startedAt"))} {start.GetProperty("workflow").GetString()}{(problem is null ? "" : " could not be started: " + ResultText.Clean(problem))}");
        }
    }

    private static string StateOf(JsonElement schedule) => schedule.GetProperty("paused").GetBoolean() ? "paused" : "on";

    private static string When(JsonElement schedule) => string.Join("; ", schedule.GetProperty("cron").EnumerateArray().Select(cron => cron.GetString())
        .Append(schedule.GetProperty("everyMs") is { ValueKind: JsonValueKind.Number } every ? "every " + StepWords.Span(TimeSpan.FromMilliseconds(every.GetInt64())) : null)
        .OfType<string>());

    private static string Local(JsonElement moment) => moment.GetDateTimeOffset().ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
