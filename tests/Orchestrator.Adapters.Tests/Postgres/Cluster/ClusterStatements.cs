using System.Data;
using Npgsql;
using Orchestrator.Adapters.Postgres.Cluster;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres.Cluster;

/// <summary>Runs the statements as the providers of Orleans do: by their key, with parameters by name and of the provider's types, each alone.</summary>
public sealed class ClusterStatements : IAsyncLifetime
{
    private readonly PostgresDatabase database = new();
    private Dictionary<string, string> texts = [];
    private int made;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = ClusterSchema.Name, MaxPoolSize = 10 }.ConnectionString;

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        if (TestPostgres.WhyNone is null)
        {
            await ClusterSchema.ApplyAsync(database.ConnectionString, CancellationToken.None);
            texts = (await RunAsync("SELECT QueryKey, QueryText FROM OrleansQuery", []))
                .ToDictionary(row => (string)row["QueryKey"]!, row => (string)row["QueryText"]!, StringComparer.Ordinal);
        }
    }

    public Task DisposeAsync() => database.DisposeAsync();

    public IEnumerable<string> Keys => texts.Keys;

    /// <summary>A name that no other test of the class has.</summary>
    public string Fresh() => "test-" + Interlocked.Increment(ref made).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public Task<List<Dictionary<string, object?>>> AskAsync(string key, params (string Name, object? Value)[] parameters) => RunAsync(texts[key], parameters);

    public async Task<bool> SucceedsAsync(string key, params (string Name, object? Value)[] parameters)
    {
        var row = (await AskAsync(key, parameters)).ShouldHaveSingleItem();
        return Convert.ToBoolean(row.ShouldHaveSingleItem().Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task<List<Dictionary<string, object?>>> RunAsync(string text, (string Name, object? Value)[] parameters)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            parameter.DbType = value switch
            {
                int => DbType.Int32,
                long => DbType.Int64,
                DateTime => DbType.DateTime,
                byte[] => DbType.Binary,
                null when name == "GrainStateVersion" => DbType.Int32,
                _ => DbType.String,
            };
            command.Parameters.Add(parameter);
        }

        var rows = new List<Dictionary<string, object?>>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i), StringComparer.OrdinalIgnoreCase));
        }

        return rows;
    }
}
