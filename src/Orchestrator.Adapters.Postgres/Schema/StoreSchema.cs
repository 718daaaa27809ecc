using System.Collections.Immutable;
using Npgsql;
using Orchestrator.Execution.Stores;

namespace Orchestrator.Adapters.Postgres.Schema;

/// <summary>Decides whether a schema is ours to use, and brings an older one up to date.</summary>
internal static class StoreSchema
{
    /// <summary>Applies the steps that are missing, each in one transaction with its number: a crash leaves the schema before a step or after it, never inside.</summary>
    /// <remarks>Several processes may call this at once: a lock lets one do a step, and the others find it done.</remarks>
    /// <param name="beforeStatement">Told the number of the step and the index of the statement about to run.</param>
    /// <exception cref="StoreRefusedException">The schema is another program's, or a newer one that this program cannot use. It has not been touched.</exception>
    public static async Task MigrateAsync(
        NpgsqlConnection connection,
        string schema,
        ImmutableArray<SchemaMigration> migrations,
        CancellationToken cancellationToken,
        Func<int, int, Task>? beforeStatement = null)
    {
        var newest = migrations[^1].Number;
        if (await VersionAsync(connection, schema, newest, cancellationToken) >= newest)
        {
            return;
        }

        foreach (var migration in migrations)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, $"select pg_advisory_xact_lock(hashtextextended('orchestrator schema {schema}', 0))", cancellationToken);
            if (await VersionAsync(connection, schema, newest, cancellationToken) < migration.Number)
            {
                await ApplyAsync(connection, schema, migration, beforeStatement, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task ApplyAsync(
        NpgsqlConnection connection, string schema, SchemaMigration migration, Func<int, int, Task>? beforeStatement, CancellationToken cancellationToken)
    {
        ImmutableArray<string> statements =
        [
            $"create schema if not exists {schema}",
            "create table if not exists schema_step (number integer primary key, usable_from integer not null, applied_at timestamptz not null default clock_timestamp())",
            .. migration.Statements,
            $"insert into schema_step (number, usable_from) values ({migration.Number}, {migration.UsableFrom})",
        ];
        for (var i = 0; i < statements.Length; i++)
        {
            if (beforeStatement is not null)
            {
                await beforeStatement(migration.Number, i);
            }

            await ExecuteAsync(connection, statements[i], cancellationToken);
        }

        if (beforeStatement is not null)
        {
            await beforeStatement(migration.Number, statements.Length);
        }
    }

    /// <summary>The version of the schema; 0 when there is nothing in it.</summary>
    private static async Task<int> VersionAsync(NpgsqlConnection connection, string schema, int newest, CancellationToken cancellationToken)
    {
        await using var look = new NpgsqlCommand(
            "select to_regclass($1 || '.schema_step') is not null, " +
            "exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind in ('r', 'v', 'm', 'p', 'f'))",
            connection)
        { Parameters = { new() { Value = schema } } };
        await using (var row = await look.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            if (!row.GetBoolean(0))
            {
                return row.GetBoolean(1)
                    ? throw new StoreRefusedException(
                        "store.foreign", $"Schema {schema} of the database holds tables that are not ours. Name another one as {PostgresOptions.Section}:Schema. It has not been touched.")
                    : 0;
            }
        }

        await using var ask = new NpgsqlCommand("select number, usable_from from schema_step order by number desc limit 1", connection);
        await using var last = await ask.ExecuteReaderAsync(cancellationToken);
        if (!await last.ReadAsync(cancellationToken))
        {
            return 0;
        }

        var (version, usableFrom) = (last.GetInt32(0), last.GetInt32(1));
        return usableFrom <= newest
            ? version
            : throw new StoreRefusedException(
                "store.newer",
                $"Schema {schema} of the database has version {version}, for programs that know version {usableFrom} or later; this one knows versions up to {newest}. " +
                "Start the newer program. The schema has not been touched.");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
