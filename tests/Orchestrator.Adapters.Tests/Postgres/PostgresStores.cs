using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orchestrator.Adapters.Postgres;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres;

/// <summary>Stores on one schema of a test's database, as several silos have it.</summary>
internal sealed class PostgresStores(string connectionString) : IAsyncDisposable
{
    private static int schemas;

    private readonly List<PostgresStore> opened = [];

    public PostgresStores(PostgresDatabase database)
        : this(database.ConnectionString)
    {
    }

    public string Schema { get; } = string.Create(CultureInfo.InvariantCulture, $"orc_{Interlocked.Increment(ref schemas)}");

    public PostgresOptions Options(Action<PostgresOptions>? change = null)
    {
        var options = new PostgresOptions { ConnectionString = connectionString, Schema = Schema, ReadConnections = 4 };
        change?.Invoke(options);
        return options;
    }

    public async Task<PostgresStore> OpenAsync(string owner = "", TimeProvider? clock = null, Action<PostgresOptions>? change = null, bool alone = false, ILoggerFactory? loggers = null)
    {
        var store = new PostgresStore(Options(change), owner, clock ?? TimeProvider.System, new Random(1), loggers ?? NullLoggerFactory.Instance, alone);
        opened.Add(store);
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    public async Task CloseAsync(PostgresStore store)
    {
        opened.Remove(store);
        await store.DisposeAsync();
    }

    /// <summary>As if its process had been killed.</summary>
    public async Task KillAsync(PostgresStore store)
    {
        opened.Remove(store);
        await store.AbandonAsync();
    }

    /// <summary>A connection as the stores have them, for looking behind their back.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = Schema, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async Task<object?> AskAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in opened)
        {
            await store.DisposeAsync();
        }

        opened.Clear();
    }
}
