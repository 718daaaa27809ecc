using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orchestrator.Adapters.Postgres;

namespace Orchestrator.Benchmarks;

/// <summary>The same load as <see cref="JournalAppends"/> on the PostgreSQL that an environment variable names, with one writer, two and four.</summary>
internal static class PostgresAppends
{
    public const string Variable = "ORC_TEST_POSTGRES";

    public static async Task RunAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } server)
        {
            Console.WriteLine($"PostgreSQL: not run, for {Variable} names none.");
            return;
        }

        foreach (var writers in (int[])[1, 2, 4])
        {
            Console.WriteLine($"PostgreSQL, {writers} writer(s)");
            Console.WriteLine(JournalAppends.Header);
            foreach (var inFlight in (int[])[1, 64, 512])
            {
                await ShowAsync(server, writers, inFlight);
            }
        }
    }

    private static async Task ShowAsync(string server, int writers, int inFlight)
    {
        var options = new PostgresOptions
        {
            ConnectionString = server,
            Schema = "bench_" + Guid.NewGuid().ToString("n"),
            Writers = writers,
        };
        try
        {
            await using var store = new PostgresStore(options, "", TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
            await store.OpenAsync(CancellationToken.None);
            await JournalAppends.LoadAsync(store, inFlight, JournalAppends.Warm);
            var before = store.Statistics;
            var bytesBefore = await AskAsync(options, "select sum(pg_total_relation_size(c.oid))::bigint from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'");
            var processor = Process.GetCurrentProcess().TotalProcessorTime;
            var started = Stopwatch.GetTimestamp();
            var times = await JournalAppends.LoadAsync(store, inFlight, JournalAppends.Measured);
            var elapsed = Stopwatch.GetElapsedTime(started);
            processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
            var after = store.Statistics;
            var bytes = await AskAsync(options, "select sum(pg_total_relation_size(c.oid))::bigint from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'") - bytesBefore;
            JournalAppends.Show(inFlight, elapsed, times, after.Writes - before.Writes, after.Commits - before.Commits, bytes);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"            of the client's processor {processor.TotalMicroseconds / (after.Writes - before.Writes):F0} us an append"));
        }
        finally
        {
            await AskAsync(options, $"drop schema if exists {options.Schema} cascade; select 0::bigint");
        }
    }

    private static async Task<long> AskAsync(PostgresOptions options, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.ConnectionString) { SearchPath = options.Schema, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is long answer ? answer : 0;
    }
}
