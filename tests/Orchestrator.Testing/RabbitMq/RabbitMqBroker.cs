using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Orchestrator.Testing.Servers;

namespace Orchestrator.Testing.RabbitMq;

/// <summary>A RabbitMQ of a test's own, that can be crashed and started again. What it confirmed of durable queues it keeps.</summary>
/// <remarks>
/// It listens on free ports of 127.0.0.1, has everything in the temp folder, and runs as an unprivileged user. It ends with the test host, however that ends. Its port
/// and its queues stay the same over restarts. One caller at a time.
/// </remarks>
public sealed class RabbitMqBroker : IAsyncDisposable
{
    /// <summary>Below the range from which the system gives out ports of its own accord, and beside that of other servers of tests.</summary>
    private const int PortFirst = 12_000;

    private const int PortCount = 6_000;

    /// <summary>For clients, for other brokers, and for finding them.</summary>
    private const int PortsEach = 3;

    private const string Ready = "Server startup complete";
    private const string Failed = "BOOT FAILED";
    private const string User = "orchestrator";

    private static readonly string[] Folders = ["/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static int started;

    private readonly ServerGuard guard;
    private readonly ServerLog log;

    private RabbitMqBroker(ServerGuard guard, ServerLog log, BrokerAddress address)
    {
        this.guard = guard;
        this.log = log;
        Address = address;
    }

    public BrokerAddress Address { get; }

    /// <summary>Why no broker can be started here; null when one can.</summary>
    public static string? WhyNot() =>
        OperatingSystem.IsWindows() ? "a private broker is started on Linux and macOS only"
        : Program is null ? $"rabbitmq-server was not found in {string.Join(", ", Folders)}"
        : ServerAccount.Program("setsid") is null || ServerAccount.Program("epmd") is null ? "setsid (of util-linux) and epmd (of Erlang) were not found in PATH"
        : Environment.IsPrivilegedProcess && (Account is null || ServerAccount.SwitchUser is null)
            ? "it does not run as root, and there is neither setpriv (of util-linux) nor an account 'rabbitmq' or 'nobody'"
        : null;

    /// <summary>Makes a broker and waits until it can be used.</summary>
    /// <exception cref="InvalidOperationException">None can be made here: <see cref="WhyNot"/> says why.</exception>
    public static async Task<RabbitMqBroker> StartAsync()
    {
        if (WhyNot() is { } reason)
        {
            throw new InvalidOperationException($"No RabbitMQ can be started for a test: {reason}.");
        }

        var folder = Directory.CreateTempSubdirectory("orc-rabbitmq-").FullName;
        var port = FreePorts();
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await File.WriteAllTextAsync(Path.Combine(folder, "rabbitmq.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            listeners.tcp.local = 127.0.0.1:{port}
            default_user = {User}
            default_pass = {password}
            disk_free_limit.absolute = 1MB
            vm_memory_high_watermark.absolute = 512MB

            """));
        await File.WriteAllTextAsync(Path.Combine(folder, "enabled_plugins"), "[].");
        await HandOverAsync(folder);
        var log = new ServerLog();
        var broker = new RabbitMqBroker(ServerGuard.Over(folder, Command(folder, port), ServerSignals.OfRabbitMq, log.Add), log, new BrokerAddress("127.0.0.1", port, User, password, "/"));
        try
        {
            await broker.StartAgainAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it, as a loss of power would its process.</summary>
    public Task CrashAsync() => guard.CrashServerAsync().WaitAsync(Patience);

    /// <summary>Starts it after a crash, and waits until it can be used.</summary>
    public async Task StartAgainAsync()
    {
        var outcome = log.Next(Ready, Failed);
        await guard.StartServerAsync();
        string line;
        try
        {
            line = await outcome.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"A test's RabbitMQ did not start within {Patience}.\n{log.Tail}");
        }

        if (!line.Contains(Ready, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"A test's RabbitMQ ended while it started.\n{log.Tail}");
        }
    }

    /// <summary>Kills it and removes everything it kept.</summary>
    public ValueTask DisposeAsync() => guard.DisposeAsync();

    private static string? Program { get; } = Folders.Select(folder => Path.Combine(folder, "rabbitmq-server")).FirstOrDefault(File.Exists);

    private static string? Account { get; } = ServerAccount.FirstOf("rabbitmq", "nobody");

    // It leads a group of its own, in which everything it starts is ended with it: the script that starts it, its own processes, and the one by which brokers find each other.
    private static IEnumerable<string> Command(string folder, int port) =>
    [
        ServerAccount.Program("setsid")!,
        .. ServerAccount.Command(Account, "/usr/bin/env"),
        "-i",
        "PATH=" + Environment.GetEnvironmentVariable("PATH"),
        "LANG=C.UTF-8",
        "HOME=" + folder,
        $"RABBITMQ_NODENAME=orc{port}@localhost",
        "RABBITMQ_MNESIA_BASE=" + Path.Combine(folder, "data"),
        "RABBITMQ_LOG_BASE=" + Path.Combine(folder, "log"),
        "RABBITMQ_LOGS=-",
        "RABBITMQ_CONFIG_FILE=" + Path.Combine(folder, "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE=" + Path.Combine(folder, "enabled_plugins"),
        "RABBITMQ_PID_FILE=" + Path.Combine(folder, "broker.pid"),
        $"RABBITMQ_DIST_PORT={port + 1}",
        $"ERL_EPMD_PORT={port + 2}",
        "ERL_EPMD_ADDRESS=127.0.0.1",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}",
        "/bin/sh", "-c", "epmd & exec \"$0\"", Program!,
    ];

    private static int FreePorts()
    {
        while (true)
        {
            var port = PortFirst + (((Environment.ProcessId * 31) + Interlocked.Increment(ref started)) % PortCount * PortsEach);
            try
            {
                for (var each = 0; each < PortsEach; each++)
                {
                    using var listener = new TcpListener(IPAddress.Loopback, port + each);
                    listener.Start();
                }

                return port;
            }
            catch (SocketException)
            {
                // Somebody has one of them; the next three.
            }
        }
    }

    private static async Task HandOverAsync(string folder)
    {
        if (Account is { } account)
        {
            using var process = Process.Start("chown", ["-R", account, folder]);
            await process.WaitForExitAsync();
        }
    }
}
