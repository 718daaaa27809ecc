using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Configuration;
using Orchestrator.Hosting.Operators;
using Orchestrator.SiloHosting.Storage;

namespace Orchestrator.SiloHosting.Cluster;

/// <summary>Makes a process what <c>Cluster:Role</c> says it is.</summary>
public static class ClusterHosting
{
    /// <summary>What programs with a door read, and those without pass over: the processes of a cluster may be given one file.</summary>
    private static readonly string[] DoorSections = ["Api", "Tasks"];

    /// <summary>Adds what stands behind this process's door: a silo of its own, a silo among others, or a client of them.</summary>
    /// <param name="hasApi">Whether the process has the API. One without it is no front end, and keeps its address to itself.</param>
    /// <exception cref="ConfigurationRefusedException">The role is impossible here; nothing has been opened or taken.</exception>
    public static void AddOrchestratorRole(this IHostApplicationBuilder builder, bool hasApi)
    {
        var role = ProcessRole.Read(builder.Configuration);
        if (role.Cluster.Role == ClusterRole.Frontend)
        {
            if (!hasApi)
            {
                throw new ConfigurationRefusedException([$"{ClusterOptions.Section}:{nameof(ClusterOptions.Role)}: a front end has the API, and this process has none; run the API's program, or make this one a Silo"]);
            }

            builder.Services.AddOrchestratorFrontEnd(role);
        }
        else
        {
            builder.Services.AddOrchestratorSilo(builder.Configuration, hasApi, role);
        }

        if (!hasApi)
        {
            Array.ForEach(DoorSections, section => builder.Services.AddSectionOfAnother(section));
        }

        builder.Services.AddHostedService<StopGrace>();
    }

    /// <summary>Makes the cluster's settings known and checked, without joining one.</summary>
    internal static IServiceCollection AddClusterOptions(this IServiceCollection services)
    {
        services.AddValidatedOptions<ClusterOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClusterOptions>, ClusterIsPossible>());
        services.AddValidatedOptions<DashboardOptions>();
        services.AddOperators();
        services.AddOptions<HostOptions>().Configure<IOptions<ClusterOptions>>((host, cluster) => host.ShutdownTimeout = cluster.Value.ShutdownPatience);
        return services;
    }

    private sealed class ClusterIsPossible(IConfiguration configuration) : IValidateOptions<ClusterOptions>
    {
        public ValidateOptionsResult Validate(string? name, ClusterOptions options)
        {
            var problems = ProcessRole.Problems(options, configuration).ToArray();
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
