using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.Adapters.Tests.Sqlite;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.TestServers;

/// <summary>The server that tests are given: it must be as real as a production one when it is crashed, and leave nothing behind.</summary>
public sealed class When_a_test_needs_a_postgres
{
    [PostgresFact(OwnServer = true)]
    public async Task it_starts_one_that_is_honest_about_its_disk()
    {
        await using var server = await PostgresServer.StartAsync();
        (await ScalarAsync(server.ConnectionString(), "SHOW fsync")).ShouldBe("on");
        (await ScalarAsync(server.ConnectionString(), "SHOW synchronous_commit")).ShouldBe("on");
        (await ScalarAsync(server.ConnectionString(), "SHOW listen_addresses")).ShouldBe("127.0.0.1");
    }

    [PostgresFact(OwnServer = true)]
    public async Task what_was_committed_is_there_after_a_crash_and_a_crash_in_the_recovery()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await PostgresDatabase.OnAsync(server);
        await ScalarAsync(database.ConnectionString, "CREATE TABLE kept AS SELECT n FROM generate_series(1, 50000) AS n");

        await server.CrashAsync();
        (await server.CrashInRecoveryAsync(into: TimeSpan.Zero)).ShouldBeTrue(server.Log);
        await server.StartAgainAsync();

        (await ScalarAsync(database.ConnectionString, "SELECT count(*) FROM kept")).ShouldBe(50_000L);
        server.Log.ShouldContain("automatic recovery in progress");
    }

    [PostgresFact(OwnServer = true)]
    public async Task a_stop_and_a_start_keep_everything_without_recovery()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await PostgresDatabase.OnAsync(server);
        await ScalarAsync(database.ConnectionString, "CREATE TABLE kept (n int)");

        await server.StopAsync();
        await Should.ThrowAsync<NpgsqlException>(() => ScalarAsync(database.ConnectionString, "SELECT 1"));
        await server.StartAgainAsync();

        (await ScalarAsync(database.ConnectionString, "SELECT count(*) FROM kept")).ShouldBe(0L);
        server.Log.ShouldNotContain("automatic recovery in progress");
    }

    [PostgresFact(OwnServer = true)]
    public async Task connections_can_be_ended_under_their_owners()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await PostgresDatabase.OnAsync(server);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT 1", connection);

        (await server.TerminateBackendsAsync(database.Name)).ShouldBe(1);

        (await Should.ThrowAsync<NpgsqlException>(() => command.ExecuteScalarAsync())).IsTransient.ShouldBeTrue();
    }

    [PostgresFact(OwnServer = true)]
    public async Task nothing_is_left_when_the_test_is_done_with_it()
    {
        var server = await PostgresServer.StartAsync();
        using var process = Process.GetProcessById(server.ProcessId);
        await server.DisposeAsync();
        Directory.Exists(server.Folder).ShouldBeFalse();
        process.HasExited.ShouldBeTrue();
    }

    [PostgresFact(OwnServer = true)]
    public async Task nothing_is_left_when_the_test_host_is_killed()
    {
        using var host = DoomedProcess.Start("postgres");
        var folder = (await host.StandardOutput.ReadLineAsync()).ShouldNotBeNull();
        using var guard = Process.GetProcessById(Number(Path.Combine(folder, "guard.pid")));
        using var server = Process.GetProcessById(Number(Path.Combine(folder, "data", "postmaster.pid")));

        host.Kill();

        await guard.WaitForExitAsync();
        server.HasExited.ShouldBeTrue();
        Directory.Exists(folder).ShouldBeFalse();
    }

    [PostgresFact(OwnServer = true)]
    public async Task what_a_killed_guard_has_left_is_gone_after_the_next_start()
    {
        using var host = DoomedProcess.Start("postgres");
        var folder = (await host.StandardOutput.ReadLineAsync()).ShouldNotBeNull();
        using var guard = Process.GetProcessById(Number(Path.Combine(folder, "guard.pid")));
        using var server = Process.GetProcessById(Number(Path.Combine(folder, "data", "postmaster.pid")));
        guard.Kill();
        host.Kill();
        await guard.WaitForExitAsync();
        server.HasExited.ShouldBeFalse();

        using var next = DoomedProcess.Start("postgres");
        (await next.StandardOutput.ReadLineAsync()).ShouldNotBeNull();

        await server.WaitForExitAsync();
        Directory.Exists(folder).ShouldBeFalse();
        next.Kill();
    }

    [PostgresFact]
    public async Task every_test_class_has_a_database_of_its_own()
    {
        await using var one = await PostgresDatabase.CreateAsync();
        await using var other = await PostgresDatabase.CreateAsync();
        await ScalarAsync(one.ConnectionString, "CREATE TABLE mine (n int)");
        (await ScalarAsync(other.ConnectionString, "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'")).ShouldBe(0L);
    }

    private static int Number(string file) => int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture);

    private static async Task<object?> ScalarAsync(string connectionString, string statement)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }
}
