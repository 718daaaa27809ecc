using Microsoft.AspNetCore.Builder;

namespace Orchestrator.SiloHosting;

/// <summary>The local runtime has no dashboard.</summary>
public static class DashboardHosting
{
    /// <summary>Maps the runtime's dashboard where it has one.</summary>
    public static WebApplication MapOperatorDashboard(this WebApplication app) => app;
}
