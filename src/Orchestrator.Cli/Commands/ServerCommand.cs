using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Doors;
using Orchestrator.Cli.Terminals;
using Orchestrator.Cli.Workflows;

namespace Orchestrator.Cli.Commands;

/// <summary>What all commands share that are one request to a running server: how they find it, and how its answer is shown.</summary>
internal static class ServerCommand
{
    /// <summary>Gives the command the options by which a server is found, and lets it work with that.</summary>
    public static Command With(Command command, Func<ServerDoor, ParseResult, OutputForm, CancellationToken, Task<int>> work)
    {
        var server = CommonOptions.Server();
        var key = CommonOptions.ApiKey();
        var data = CommonOptions.Data();
        var config = CommonOptions.Config();
        var output = CommonOptions.Output();
        foreach (var option in (Option[])[server, key, data, config, output])
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, _) =>
        {
            using var interruption = new Interruption();
            await using var door = await DoorFinding.JoinAsync(
                parsed.GetValue(server), CommonOptions.KeyOf(parsed.GetValue(key)), new Settings(parsed.GetValue(config), parsed.GetValue(data)), TimeProvider.System, interruption.Token);
            return await work(door, parsed, parsed.GetValue(output), interruption.Token);
        });
        return command;
    }

    /// <summary>The answer as the API gives it, or as <paramref name="show"/> has it for people.</summary>
    public static int Show(ServerAnswer answer, OutputForm form, Action<JsonElement> show)
    {
        if (form == OutputForm.Json)
        {
            Terminal.Print(answer.Body);
            return ExitCode.Ok;
        }

        using var document = JsonDocument.Parse(answer.Body);
        show(document.RootElement);
        return ExitCode.Ok;
    }

    /// <summary>Says so where the answer is the first page of several.</summary>
    public static void NoteMore(Terminal terminal, JsonElement page)
    {
        if (page.TryGetProperty("nextCursor", out var next) && next.ValueKind == JsonValueKind.String)
        {
            terminal.Note("There is more; the API gives all of it, page by page.");
        }
    }
}
