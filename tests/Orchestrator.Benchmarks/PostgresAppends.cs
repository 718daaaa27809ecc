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

    /// <param name="arguments">How many writers, and how many in flight, each a list such as <c>1,2,4</c>; all that the tables in docs/performance.md show when there are none.</param>
    public static async Task RunAsync(string[] arguments)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } server)
        {
            Console.WriteLine($"PostgreSQL: not run, for {Variable} names none.");
            return;
        }

        int[] Numbers(int place, params int[] otherwise) =>
            arguments.Length > place ? [.. arguments[place].Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))] : otherwise;

        // Once for nobody: what the compiler does in the first seconds is not what an append costs.
        await ShowAsync(server, writers: 2, inFlight: 512);
        foreach (var writers in Numbers(0, 1, 2, 4))
        {
            Console.WriteLine($"PostgreSQL, {writers} writer(s)");
            Console.WriteLine(JournalAppends.Header);
            foreach (var inFlight in Numbers(1, 1, 64, 512))
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
            var serverBefore = await ServerAsync(options);
            var processor = Process.GetCurrentProcess().TotalProcessorTime;
            var started = Stopwatch.GetTimestamp();
            var times = await JournalAppends.LoadAsync(store, inFlight, JournalAppends.Measured);
            var elapsed = Stopwatch.GetElapsedTime(started);
            processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
            var after = store.Statistics;
            var spent = await ServerAsync(options) - serverBefore;
            var bytes = await AskAsync(options, "select sum(pg_total_relation_size(c.oid))::bigint from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'") - bytesBefore;
            JournalAppends.Show(inFlight, elapsed, times, after.Writes - before.Writes, after.Commits - before.Commits, bytes);
            var writes = after.Writes - before.Writes;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"            an append: {processor.TotalMicroseconds / writes:F0} us of our processor, {spent.Processor.TotalMicroseconds / writes:F1} us of the server's; " +
                $"{spent.WalBytes / (double)writes:F0} bytes of WAL"));
        }
        finally
        {
            await AskAsync(options, $"drop schema if exists {options.Schema} cascade; select 0::bigint");
        }
    }

    /// <summary>What the server has spent so far. Its processor's time is known where it runs on Linux and lets us read its files; it is 0 elsewhere.</summary>
    private static async Task<Spent> ServerAsync(PostgresOptions options)
    {
        const string Hundredths =
            "select sum(split_part(stat, ' ', 14)::bigint + split_part(stat, ' ', 15)::bigint)::bigint " +
            "from pg_stat_activity, lateral pg_read_file('/proc/' || pid || '/stat', 0, 4096, true) stat where application_name = 'orchestrator'";
        var wal = await AskAsync(options, "select (pg_current_wal_insert_lsn() - '0/0')::bigint");
        try
        {
            return new(TimeSpan.FromMilliseconds(10 * await AskAsync(options, Hundredths)), wal);
        }
        catch (PostgresException)
        {
            return new(TimeSpan.Zero, wal);
        }
    }

    private static async Task<long> AskAsync(PostgresOptions options, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.ConnectionString) { SearchPath = options.Schema, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is long answer ? answer : 0;
    }

    private readonly record struct Spent(TimeSpan Processor, long WalBytes)
    {
        public static Spent operator -(Spent one, Spent other) => new(one.Processor - other.Processor, one.WalBytes - other.WalBytes);
    }
}
