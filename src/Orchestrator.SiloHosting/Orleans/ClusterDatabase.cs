using Microsoft.Extensions.Options;
using Npgsql;
using Orchestrator.Adapters.Postgres;
using Orchestrator.Adapters.Postgres.Cluster;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Where the processes of a cluster find each other: a schema of its own in the database of the store.</summary>
internal sealed class ClusterDatabase(IOptions<PostgresOptions> options)
{
    /// <summary>The name under which Orleans knows the driver.</summary>
    public const string Provider = "Npgsql";

    /// <summary>What a silo asks here is small and seldom.</summary>
    private const int ConnectionsMax = 8;

    public string ConnectionString { get; } = new NpgsqlConnectionStringBuilder(options.Value.ConnectionString)
    {
        SearchPath = ClusterSchema.Name,
        MaxPoolSize = ConnectionsMax,
        ApplicationName = "orchestrator-cluster",
    }.ConnectionString;
}
