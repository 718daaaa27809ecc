using System.Diagnostics;
using System.Security.Cryptography;
using Orchestrator.Testing.Servers;

namespace Orchestrator.Testing.Postgres;

/// <summary>A data folder as <c>initdb</c> makes it, made once for a test host and copied for each of its servers.</summary>
internal sealed class PostgresTemplate
{
    public const string SuperUser = "postgres";

    /// <summary>What a server's folder begins with, in the temp folder.</summary>
    public const string FolderPrefix = "orc-postgres-";

    private static readonly Lazy<Task<PostgresTemplate>> Made = new(MakeAsync);

    // It removes the folder when the test host ends.
    private readonly ServerGuard guard;

    private PostgresTemplate(string folder, string password, ServerGuard guard)
    {
        this.guard = guard;
        Folder = folder;
        Password = password;
    }

    public static Task<PostgresTemplate> OfThisProcess => Made.Value;

    public string Folder { get; }

    /// <summary>The superuser's: other accounts of this machine can reach the port.</summary>
    public string Password { get; }

    /// <summary>An empty folder in the temp folder.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory(FolderPrefix).FullName;

    /// <summary>Copies the data from one server's folder to another's, which from then on belongs to the account the server runs as.</summary>
    public static async Task CopyAsync(string from, string to)
    {
        await RunAsync("cp", "-a", Path.Combine(from, PostgresServer.DataFolder), to);
        await HandOverAsync(to);
    }

    private static async Task<PostgresTemplate> MakeAsync()
    {
        await Task.Run(StaleServers.Sweep);
        var folder = NewFolder();
        var guard = ServerGuard.Over(folder, [], ServerSignals.OfPostgres, _ => { });
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var passwordFile = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(passwordFile, password);
        await HandOverAsync(folder);
        await RunAsync(
            [
                .. PostgresBinaries.Command("initdb"), "--pgdata", Path.Combine(folder, PostgresServer.DataFolder), "--username", SuperUser, "--pwfile", passwordFile,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync",
            ]);
        return new(folder, password, guard);
    }

    private static async Task HandOverAsync(string folder)
    {
        if (PostgresBinaries.Account is { } account)
        {
            await RunAsync("chown", "-R", account, folder);
        }
    }

    private static async Task RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{command[0]}' did not start.");
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with {process.ExitCode}.\n{string.Join('\n', said)}");
        }
    }
}
