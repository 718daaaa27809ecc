using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Orchestrator.Testing.Servers;

namespace Orchestrator.Testing.Postgres;

/// <summary>A PostgreSQL of a test's own, that can be stopped, crashed and started again. It keeps what it acknowledges: fsync is on.</summary>
/// <remarks>
/// It listens on a free port of 127.0.0.1, has its data in the temp folder, and runs as an unprivileged user. It ends with the test host, however that
/// ends. Its port and its databases stay the same over restarts. One caller at a time.
/// </remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    internal const string DataFolder = "data";

    private const int PortFirst = 20_000;
    private const int PortCount = 10_000;
    private const int StartTriesMax = 5;
    private const string Ready = "database system is ready to accept connections";
    private const string NoPort = "could not create any TCP/IP sockets";
    private const string Recovering = "automatic recovery in progress";
    private const string Ended = "database system is shut down";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static int started;

    private readonly ServerGuard guard;
    private readonly ServerLog log;
    private readonly int port;
    private readonly string password;

    private PostgresServer(ServerGuard guard, ServerLog log, string folder, int port, string password)
    {
        this.guard = guard;
        this.log = log;
        this.port = port;
        this.password = password;
        Folder = folder;
    }

    /// <summary>Where it keeps everything; gone after <see cref="DisposeAsync"/>.</summary>
    public string Folder { get; }

    /// <summary>The last lines the server wrote, for a failure's message.</summary>
    public string Log => log.Tail;

    /// <summary>The server's process. Meaningless while it does not run.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(Folder, DataFolder, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>Makes a server and waits until it can be used.</summary>
    /// <param name="settings">Settings of the server beyond the usual, such as <c>max_connections=10</c>.</param>
    /// <exception cref="InvalidOperationException">No server can be made here: <see cref="TestPostgres.WhyNoServer"/> says why.</exception>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        if (PostgresBinaries.WhyNot() is { } reason)
        {
            throw new InvalidOperationException($"No PostgreSQL can be started for a test: {reason}.");
        }

        for (var tries = 1; ; tries++)
        {
            var server = await MakeAsync(settings);
            try
            {
                await server.StartAgainAsync();
                return server;
            }
            catch (PortTakenException) when (tries < StartTriesMax)
            {
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>For a database of this server, as its superuser. The same after a restart.</summary>
    public string ConnectionString(string database = PostgresTemplate.SuperUser) => new NpgsqlConnectionStringBuilder
    {
        Host = IPAddress.Loopback.ToString(),
        Port = port,
        Username = PostgresTemplate.SuperUser,
        Password = password,
        Database = database,
    }.ConnectionString;

    /// <summary>Ends it in good order. Connections are closed, transactions in flight are lost.</summary>
    public Task StopAsync() => guard.StopServerAsync().WaitAsync(Patience);

    /// <summary>Ends it as <c>pg_ctl stop -m immediate</c> does: at once, without a checkpoint, so that the next start has to recover.</summary>
    public Task CrashAsync() => guard.CrashServerAsync().WaitAsync(Patience);

    /// <summary>Starts it after a stop or a crash, and waits until it can be used.</summary>
    public async Task StartAgainAsync()
    {
        var outcome = log.Next(Ready, NoPort, Ended);
        await guard.StartServerAsync();
        var line = await InTimeAsync(outcome);
        if (line.Contains(NoPort, StringComparison.Ordinal))
        {
            throw new PortTakenException(port);
        }

        if (!line.Contains(Ready, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"A test's PostgreSQL ended while it started.\n{Log}");
        }
    }

    /// <summary>Starts it after a crash and crashes it again while it recovers.</summary>
    /// <param name="into">How far into the recovery.</param>
    /// <returns>Whether it was still recovering; false when it had already finished, and was crashed all the same.</returns>
    public async Task<bool> CrashInRecoveryAsync(TimeSpan into)
    {
        var recovering = log.Next(Recovering, Ready);
        var ready = log.Next(Ready);
        await guard.StartServerAsync();
        await InTimeAsync(recovering);
        await Task.WhenAny(ready, Task.Delay(into, TimeProvider.System));
        var finished = ready.IsCompleted;
        await CrashAsync();
        return !finished;
    }

    /// <summary>Ends every connection to a database but the one that asks, as an administrator or a pooler may at any time.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> TerminateBackendsAsync(string database)
    {
        await using var connection = new NpgsqlConnection(ConnectionString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", connection)
        {
            Parameters = { new() { Value = database } },
        };
        return Convert.ToInt32(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Ends it and removes everything it kept.</summary>
    public ValueTask DisposeAsync() => guard.DisposeAsync();

    private static async Task<PostgresServer> MakeAsync(string[] settings)
    {
        var template = await PostgresTemplate.OfThisProcess;
        var folder = PostgresTemplate.NewFolder();
        await PostgresTemplate.CopyAsync(template.Folder, folder);
        var log = new ServerLog();
        var port = FreePort();
        var command = PostgresBinaries.Command("postgres").Concat(["-D", Path.Combine(folder, DataFolder)]).Concat(
            ((string[])
            [
                "listen_addresses=127.0.0.1", $"port={port}", "unix_socket_directories=", "fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=32MB",
                "dynamic_shared_memory_type=mmap", "timezone=UTC", "logging_collector=off", "log_destination=stderr", "log_line_prefix=%m [%p] ",
                // After a crash the server flushes a thousand files one by one before it recovers; where the system can flush them at once, it does.
                .. OperatingSystem.IsLinux() ? (string[])["recovery_init_sync_method=syncfs"] : [],
                .. settings,
            ]).SelectMany(setting => (string[])["-c", setting]));
        return new(ServerGuard.Over(folder, command, ServerSignals.OfPostgres, log.Add), log, folder, port, template.Password);
    }

    // Below the range from which the system gives out ports of its own accord, so that nobody takes it while the server is down.
    private static int FreePort()
    {
        while (true)
        {
            var port = PortFirst + ((Environment.ProcessId * 31) + Interlocked.Increment(ref started)) % PortCount;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it; the next one.
            }
        }
    }

    private async Task<string> InTimeAsync(Task<string> line)
    {
        try
        {
            return await line.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"A test's PostgreSQL did not start within {Patience}.\n{Log}");
        }
    }

    private sealed class PortTakenException(int port) : Exception($"Port {port} was taken before a test's PostgreSQL had it.");
}
