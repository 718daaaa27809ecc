using Microsoft.Extensions.Configuration;
using Orchestrator.Hosting.Configuration;
using Orchestrator.Hosting.Operators;
using Orchestrator.SiloHosting.Storage;

namespace Orchestrator.SiloHosting.Cluster;

/// <summary>What of the settings decides how a process is put together. Everything else is read when it runs.</summary>
/// <param name="Dashboard">Whether silos gather what the dashboard shows.</param>
public sealed record ProcessRole(ClusterOptions Cluster, bool Dashboard)
{
    /// <summary>Everything in one process.</summary>
    public static ProcessRole Alone { get; } = new(new ClusterOptions(), Dashboard: false);

    /// <exception cref="ConfigurationRefusedException">The role is impossible here.</exception>
    public static ProcessRole Read(IConfiguration configuration)
    {
        var cluster = Section<ClusterOptions>(configuration, ClusterOptions.Section);
        var problems = Problems(cluster, configuration).ToArray();
        if (problems.Length > 0)
        {
            throw new ConfigurationRefusedException(problems);
        }

        var operators = Section<OperatorOptions>(configuration, OperatorOptions.Section);
        var known = operators.Keys.Count + operators.KeyHashes.Count > 0;
        var dashboard = Section<DashboardOptions>(configuration, DashboardOptions.Section);
        return new(cluster, dashboard.On && (known || cluster.Role == ClusterRole.All));
    }

    public static IEnumerable<string> Problems(ClusterOptions options, IConfiguration configuration) => ClusterRules.Problems(
        options, GrainRuntime.SpansProcesses, Section<DataOptions>(configuration, DataOptions.Section).Store == StoreKind.Postgres, File.Exists);

    private static T Section<T>(IConfiguration configuration, string name)
        where T : new() => configuration.GetSection(name).Get<T>() ?? new T();
}
