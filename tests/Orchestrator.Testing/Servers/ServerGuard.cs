using System.Diagnostics;

namespace Orchestrator.Testing.Servers;

/// <summary>A small shell that stands between a test and its server, so that neither the server nor its folder outlives the test host, however that ends.</summary>
/// <remarks>
/// It obeys one word a line on its standard input. When that ends, because the test closed it or because the host was killed, it crashes the server and removes
/// the folder. Where the guard itself was killed, nobody does; what is left behind of PostgreSQL is swept before the next start.
/// </remarks>
internal sealed class ServerGuard : IAsyncDisposable
{
    /// <summary>Of the file in it that holds the guard's process id.</summary>
    public const string GuardFile = "guard.pid";

    private const string Script = """
        folder=$1 stop=$2 crash=$3 group=$4
        shift 4
        trap '' INT TERM HUP PIPE
        server=
        echo $$ >"$folder/guard.pid"
        halt() {
          if [ -n "$server" ]; then
            kill -"$1" "$group$server" 2>/dev/null
            wait "$server"
            server=
          fi
        }
        while read -r word; do
          case $word in
            start) "$@" </dev/null >&2 & server=$! ;;
            stop) halt "$stop" ;;
            crash) halt "$crash" ;;
          esac
          echo "$word done"
        done
        halt "$crash"
        rm -rf "$folder"
        """;

    private readonly Process process;
    private readonly SemaphoreSlim oneAtATime = new(1);

    private ServerGuard(Process process) => this.process = process;

    /// <param name="folder">Removed at the end.</param>
    /// <param name="command">What starts the server and becomes it.</param>
    /// <param name="signals">What ends it.</param>
    /// <param name="log">Told every line the server writes.</param>
    public static ServerGuard Over(string folder, IEnumerable<string> command, ServerSignals signals, Action<string> log)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var argument in (string[])["-c", Script, "server-guard", folder, signals.Stop, signals.Crash, signals.WholeGroup ? "-" : "", .. command])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The guard of a test's server did not start.");
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                log(text);
            }
        };
        process.BeginErrorReadLine();
        return new ServerGuard(process);
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
                throw new InvalidOperationException($"The guard of a test's server was told '{word}' and answered '{answer ?? "nothing"}'.");
            }
        }
        finally
        {
            oneAtATime.Release();
        }
    }
}

/// <summary>What ends a server.</summary>
/// <param name="Stop">In good order.</param>
/// <param name="Crash">At once, leaving recovery to the next start.</param>
/// <param name="WholeGroup">The server leads a group of processes, and all of them are meant.</param>
internal sealed record ServerSignals(string Stop, string Crash, bool WholeGroup)
{
    /// <summary>INT lets transactions in flight go and ends in good order; QUIT ends as a crash of the server does.</summary>
    public static ServerSignals OfPostgres { get; } = new("INT", "QUIT", WholeGroup: false);

    /// <summary>Its start is a shell script that stays in front of it, so it is ended with everything it started.</summary>
    public static ServerSignals OfRabbitMq { get; } = new("TERM", "KILL", WholeGroup: true);
}
