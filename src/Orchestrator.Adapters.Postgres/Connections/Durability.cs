using Npgsql;
using Orchestrator.Execution.Stores;

namespace Orchestrator.Adapters.Postgres.Connections;

/// <summary>Refuses a server that is set to acknowledge what a crash would take back.</summary>
internal static class Durability
{
    /// <summary>Asks on a session that has set nothing itself, so that the default of the server, the database or the role shows.</summary>
    /// <returns>The <c>synchronous_commit</c> to set in each of our sessions: what was found, for an operator may have chosen to wait for a standby too.</returns>
    /// <exception cref="StoreRefusedException"><c>store.unsafe</c>.</exception>
    public static async Task<string> EnsureAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var commit = "on";
        await using var command = new NpgsqlCommand(
            "select name, setting, source, coalesce(sourcefile, '') from pg_settings where name in ('fsync', 'synchronous_commit')", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var (name, setting, source, file) = (rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetString(3));
            if (setting == "off")
            {
                throw new StoreRefusedException(
                    "store.unsafe",
                    $"PostgreSQL has {name} = off, set by {source}{(file.Length > 0 ? " " + file : "")}; expected {Expected(name)}. With off, what was acknowledged " +
                    "may be gone after a crash of the server. Change it, and start again.");
            }

            commit = name == "synchronous_commit" ? setting : commit;
        }

        return commit;
    }

    private static string Expected(string name) => name == "fsync" ? "on" : "on, remote_apply, remote_write or local";
}
