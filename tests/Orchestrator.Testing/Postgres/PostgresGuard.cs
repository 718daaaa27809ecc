using System.Diagnostics;

namespace Orchestrator.Testing.Postgres;

/// <summary>A small shell that stands between a test and its server, so that neither the server nor its folder outlives the test host, however that ends.</summary>
/// <remarks>
/// It obeys one word a line on its standard input. When that ends, because the test closed it or because the host was killed, it crashes the server and removes
/// the folder. Where the guard itself was killed, <see cref="StaleServers"/> does that before the next start.
/// </remarks>
internal sealed class PostgresGuard : IAsyncDisposable
{
    /// <summary>What a server's folder begins with, in the temp folder.</summary>
    public const string FolderPrefix = "orc-postgres-";

    /// <summary>Of the file in it that holds the guard's process id.</summary>
    public const string GuardFile = "guard.pid";

    // INT lets transactions in flight go and ends in good order; QUIT ends at once, as a crash of the server does, and leaves recovery to the next start.
    private const string Script = """
        folder=$1
        shift
        trap '' INT TERM HUP PIPE
        server=
        echo $$ >"$folder/guard.pid"
        halt() {
          if [ -n "$server" ]; then
            kill -"$1" "$server" 2>/dev/null
            wait "$server"
            server=
          fi
        }
        while read -r word; do
          case $word in
            start) "$@" </dev/null >&2 & server=$! ;;
            stop) halt INT ;;
            crash) halt QUIT ;;
          esac
          echo "$word done"
        done
        halt QUIT
        rm -rf "$folder"
        """;

    private readonly Process process;
    private readonly SemaphoreSlim oneAtATime = new(1);

    private PostgresGuard(Process process) => this.process = process;

    /// <param name="folder">Removed at the end.</param>
    /// <param name="command">What starts the server and becomes it.</param>
    /// <param name="log">Told every line the server writes.</param>
    public static PostgresGuard Over(string folder, IEnumerable<string> command, Action<string> log)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var argument in (string[])["-c", Script, "postgres-guard", folder, .. command])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The guard of a test's PostgreSQL did not start.");
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                log(text);
            }
        };
        process.BeginErrorReadLine();
        return new PostgresGuard(process);
    }

    public Task StartServerAsync() => TellAsync("start");

    /// <summary>Ends the server in good order; connections are closed. Nothing happens when it does not run.</summary>
    public Task StopServerAsync() => TellAsync("stop");

    /// <summary>Ends the server as a crash does. Nothing happens when it does not run.</summary>
    public Task CrashServerAsync() => TellAsync("crash");

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        oneAtATime.Dispose();
    }

    private async Task TellAsync(string word)
    {
        await oneAtATime.WaitAsync();
        try
        {
            await process.StandardInput.WriteLineAsync(word);
            var answer = await process.StandardOutput.ReadLineAsync();
            if (answer != word + " done")
            {
                throw new InvalidOperationException($"The guard of a test's PostgreSQL was told '{word}' and answered '{answer ?? "nothing"}'.");
            }
        }
        finally
        {
            oneAtATime.Release();
        }
    }
}
