using System.CommandLine;
using Orchestrator.Adapters.Sqlite.Backups;
using Orchestrator.Cli.Doors;
using Orchestrator.Cli.Terminals;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc backup FILE</c>, also beside a running server, and <c>orc restore FILE</c>.</summary>
internal static class BackupCommands
{
    public static Command CreateBackup(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "Where the copy goes. An existing file is never overwritten." };
        var data = CommonOptions.Data();
        var config = CommonOptions.Config();
        var command = new Command("backup", "Copy the data folder's store into one file, also while a server uses it.") { file, data, config };
        command.SetAction(async (parsed, _) =>
        {
            using var interruption = new Interruption();
            var folder = FolderOf(new Settings(parsed.GetValue(config), parsed.GetValue(data)));
            var report = await SqliteBackup.CreateAsync(folder, parsed.GetRequiredValue(file), interruption.Token);
            terminal.Note($"Backed up {report.Workflows} workflows of {folder} into {parsed.GetRequiredValue(file)} ({report.Bytes} bytes, checked).");
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command CreateRestore(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "A file that 'orc backup' made." };
        var replace = new Option<bool>("--replace") { Description = "Puts it in the place of an existing store, which is kept as orchestrator.db.before-restore." };
        var data = CommonOptions.Data();
        var config = CommonOptions.Config();
        var command = new Command("restore", "Make a backup the store of a data folder that no process uses.") { file, replace, data, config };
        command.SetAction(async (parsed, _) =>
        {
            using var interruption = new Interruption();
            var folder = FolderOf(new Settings(parsed.GetValue(config), parsed.GetValue(data)));
            var report = await SqliteBackup.RestoreAsync(parsed.GetRequiredValue(file), folder, parsed.GetValue(replace), TimeProvider.System, interruption.Token);
            terminal.Note($"Restored {report.Workflows} workflows into {folder}. 'orc dev' goes on with those that are not finished.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static string FolderOf(Settings settings) => settings.KeepsInFolder()
        ? settings.FindFolder()
        : throw new CommandFailedException(
            ExitCode.Failed,
            "Everything is kept in PostgreSQL (Data:Store is postgres), and this command copies the store of a data folder. Use PostgreSQL's own tools, such as pg_dump and pg_restore.");
}
