using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Configuration;
using Orchestrator.SiloHosting.Storage;

namespace Orchestrator.SiloHosting.Cluster;

/// <summary>Makes a process what <c>Cluster:Role</c> says it is.</summary>
public static class ClusterHosting
{
    private const string StoreKey = DataOptions.Section + ":Store";
    private const string SharedStore = "postgres";

    /// <summary>Adds what stands behind this process's door: a silo of its own, a silo among others, or a client of them.</summary>
    /// <param name="hasApi">Whether others can join over HTTP; a process without the API keeps its address to itself.</param>
    /// <exception cref="ConfigurationRefusedException">The role is impossible here; nothing has been opened or taken.</exception>
    public static ClusterRole AddOrchestratorRole(this IHostApplicationBuilder builder, bool hasApi)
    {
        var role = Read(builder.Configuration).Role;
        builder.Services.AddOrchestratorSilo(builder.Configuration, hasApi);
        return role;
    }

    /// <summary>Makes the cluster's settings known and checked, without joining one.</summary>
    internal static IServiceCollection AddClusterOptions(this IServiceCollection services)
    {
        services.AddValidatedOptions<ClusterOptions>();
        services.AddSingleton<IValidateOptions<ClusterOptions>, ClusterIsPossible>();
        services.AddOptions<HostOptions>().Configure<IOptions<ClusterOptions>>((host, cluster) => host.ShutdownTimeout = cluster.Value.ShutdownPatience);
        return services;
    }

    // Before anything is composed: a front end must not take a data folder only to be told that it is none.
    private static ClusterOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(ClusterOptions.Section).Get<ClusterOptions>() ?? new ClusterOptions();
        var problems = Problems(options, configuration).ToArray();
        return problems.Length == 0 ? options : throw new ConfigurationRefusedException(problems);
    }

    private static IEnumerable<string> Problems(ClusterOptions options, IConfiguration configuration) => ClusterRules.Problems(
        options, GrainRuntime.SpansProcesses, SharedStore.Equals(configuration[StoreKey], StringComparison.OrdinalIgnoreCase), File.Exists);

    private sealed class ClusterIsPossible(IConfiguration configuration) : IValidateOptions<ClusterOptions>
    {
        public ValidateOptionsResult Validate(string? name, ClusterOptions options)
        {
            var problems = Problems(options, configuration).ToArray();
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
