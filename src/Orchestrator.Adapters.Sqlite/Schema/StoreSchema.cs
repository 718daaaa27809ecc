using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Adapters.Sqlite.Connections;
using Orchestrator.Execution.Stores;

namespace Orchestrator.Adapters.Sqlite.Schema;

/// <summary>Decides whether a file is ours to use, and brings an older one up to date.</summary>
internal static class StoreSchema
{
    /// <summary>"Orch" in the header of every store, so that another program's file is never taken for one.</summary>
    public const int ApplicationId = 0x4F726368;

    public static int Newest => SchemaMigrations.All[^1].Number;

    /// <summary>Looks at a file without changing it.</summary>
    /// <returns>The version of its schema; 0 for a file that does not exist or has nothing in it.</returns>
    /// <exception cref="StoreRefusedException">It is not a store, or a newer one than this program knows.</exception>
    public static int Inspect(string file)
    {
        if (!File.Exists(file) || new FileInfo(file).Length == 0)
        {
            return 0;
        }

        try
        {
            using var connection = SqliteConnection.OpenReadOnly(file, TimeSpan.Zero);
            return Inspect(connection, file);
        }
        catch (SqliteFailureException failure) when (failure.Code == SQLitePCL.raw.SQLITE_NOTADB)
        {
            throw new StoreRefusedException("store.foreign", $"{file} is not an SQLite database. It has not been touched.", failure);
        }
    }

    /// <summary>Applies the steps that are missing, each in one transaction: a crash leaves the store before a step or after it, never inside.</summary>
    /// <param name="beforeStatement">Told the number of the step and the index of the statement about to run.</param>
    public static void Migrate(
        SqliteConnection connection, string file, ImmutableArray<SchemaMigration> migrations, Action<int, int>? beforeStatement = null)
    {
        foreach (var migration in migrations)
        {
            connection.Execute("BEGIN IMMEDIATE");
            try
            {
                if (Inspect(connection, file) < migration.Number)
                {
                    Apply(connection, migration, beforeStatement);
                }

                connection.Execute("COMMIT");
            }
            catch when (connection.InTransaction)
            {
                connection.Execute("ROLLBACK");
                throw;
            }
        }
    }

    private static void Apply(SqliteConnection connection, SchemaMigration migration, Action<int, int>? beforeStatement)
    {
        for (var i = 0; i < migration.Statements.Length; i++)
        {
            beforeStatement?.Invoke(migration.Number, i);
            connection.Execute(migration.Statements[i]);
        }

        beforeStatement?.Invoke(migration.Number, migration.Statements.Length);
        connection.Execute("PRAGMA application_id = " + ApplicationId.ToString(CultureInfo.InvariantCulture));
        connection.Execute("PRAGMA user_version = " + migration.Number.ToString(CultureInfo.InvariantCulture));
    }

    private static int Inspect(SqliteConnection connection, string file)
    {
        var application = connection.Scalar("PRAGMA application_id");
        var version = (int)connection.Scalar("PRAGMA user_version");
        if (application == 0 && version == 0 && connection.Scalar("SELECT count(*) FROM sqlite_master") == 0)
        {
            return 0;
        }

        if (application != ApplicationId)
        {
            throw new StoreRefusedException(
                "store.foreign",
                $"{file} is a database of another program (application id {application}, expected {ApplicationId}). It has not been touched.");
        }

        return version <= Newest
            ? version
            : throw new StoreRefusedException(
                "store.newer",
                $"{file} has schema version {version}; this program knows versions up to {Newest}. Start the newer program. The file has not been touched.");
    }
}
