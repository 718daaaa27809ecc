using System.Collections.Immutable;
using System.Globalization;
using Npgsql;

namespace Orchestrator.Adapters.Postgres.Cluster;

/// <summary>The tables in which silos find each other, kept up to date by numbered scripts, each applied once.</summary>
/// <remarks>They are a schema of their own, so that they come and go without the store's. Any number of silos may apply them at the same time.</remarks>
public static class ClusterSchema
{
    public const string Name = "orleans";

    /// <summary>Silos that start together take turns under this number; it means nothing else.</summary>
    private const long Turn = 0x6F72_6C65_616E_73;

    private const string Extension = ".sql";

    /// <summary>Applies what is not applied yet. All of it or nothing.</summary>
    /// <exception cref="NpgsqlException">The database is away, or refuses a statement.</exception>
    public static async Task ApplyAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({Turn.ToString(CultureInfo.InvariantCulture)})", cancellationToken);
        await ExecuteAsync(
            connection,
            $"CREATE SCHEMA IF NOT EXISTS {Name}; CREATE TABLE IF NOT EXISTS {Name}.migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
            cancellationToken);
        var applied = (await ReadAsync(connection, $"SELECT name FROM {Name}.migrations", [], cancellationToken)).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, script) in Scripts().Where(script => !applied.Contains(script.Name)))
        {
            await ExecuteAsync(connection, script, cancellationToken);
            await using var note = new NpgsqlCommand($"INSERT INTO {Name}.migrations (name) VALUES ($1)", connection);
            note.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            await note.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The addresses of the silos that count as working members of a cluster.</summary>
    public static async Task<ImmutableArray<string>> ReadLiveAddressesAsync(string connectionString, string cluster, CancellationToken cancellationToken)
    {
        const int active = 3;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        return await ReadAsync(
            connection, $"SELECT DISTINCT address FROM {Name}.members WHERE deployment_id = $1 AND status = {active}", [cluster], cancellationToken);
    }

    private static IEnumerable<(string Name, string Script)> Scripts()
    {
        var assembly = typeof(ClusterSchema).Assembly;
        var folder = typeof(ClusterSchema).Namespace + ".";
        foreach (var resource in assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[folder.Length..^Extension.Length], reader.ReadToEnd());
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<ImmutableArray<string>> ReadAsync(NpgsqlConnection connection, string query, string[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter });
        }

        var rows = ImmutableArray.CreateBuilder<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(reader.GetString(0));
        }

        return rows.ToImmutable();
    }
}
