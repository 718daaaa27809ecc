using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Hosting.Configuration;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.SiloHosting.Local;

/// <summary>The local runtime has no clients: a front end is refused before it comes to this.</summary>
internal static class FrontEnd
{
    public static void AddFrontEnd(this IServiceCollection services, ClusterOptions cluster) =>
        throw new ConfigurationRefusedException([$"{ClusterOptions.Section}:{nameof(cluster.Role)}: this build runs everything in one process, so the role is All; found {cluster.Role}"]);
}
