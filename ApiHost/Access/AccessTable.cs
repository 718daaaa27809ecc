using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Orchestrator.Hosting.Operators;

namespace Orchestrator.ApiHost.Access;

/// <summary>The one table of who may ask for what: a permission for each endpoint, and the role that has it. <c>docs/api.md</c> tells of the roles, and a test holds the table to the endpoints.</summary>
public static partial class AccessTable
{
    private const string Rows = """
        Open    GET    /health/live
        Open    GET    /health/ready
        Open    GET    /health/startup
        Open    GET    /errors
        Open    GET    /errors/{slug}
        Open    GET    /openapi/{documentName}.json
        Open    GET    /openapi/{documentName}.yaml
        Open    POST   /api/v1/completions/{token}
        Open    POST   /api/v1/completions/{token}/heartbeat

        Read    GET    /health
        Read    GET    /health/report
        Read    GET    /metrics
        Read    GET    /api/v1/stats
        Read    GET    /ws
        Read    GET    /api/v1/events
        Read    GET    /api/v1/topics
        Read    GET    /api/v1/topics/{topic}/events
        Read    GET    /api/v1/workflows
        Read    GET    /api/v1/workflows/{id}
        Read    GET    /api/v1/workflows/{id}/approvals
        Read    GET    /api/v1/workflows/{id}/events
        Read    GET    /api/v1/workflows/{id}/explain
        Read    GET    /api/v1/workflows/{id}/graph
        Read    GET    /api/v1/workflows/{id}/history
        Read    GET    /api/v1/workflows/{id}/result
        Read    GET    /api/v1/approvals
        Read    GET    /api/v1/approvals/{id}
        Read    GET    /api/v1/plans
        Read    GET    /api/v1/plans/{name}
        Read    GET    /api/v1/plans/{name}/analytics
        Read    GET    /api/v1/plans/{name}/versions
        Read    POST   /api/v1/plans:validate
        Read    GET    /api/v1/templates
        Read    GET    /api/v1/templates/{name}
        Read    GET    /api/v1/agents
        Read    GET    /api/v1/agents/{name}
        Read    GET    /agents/health
        Read    GET    /agents/metrics
        Read    GET    /api/v1/routes
        Read    GET    /api/v1/routes/{name}
        Read    POST   /api/v1/routes:resolve
        Read    GET    /api/v1/breakers
        Read    GET    /api/v1/breakers/{agent}/{instance}
        Read    GET    /api/v1/schedules
        Read    GET    /api/v1/schedules/{name}
        Read    POST   /api/v1/schedules:preview
        Read    GET    /api/v1/blobs/{digest}
        Read    HEAD   /api/v1/blobs/{digest}
        Read    GET    /api/v1/insights
        Read    GET    /api/v1/limits
        Read    GET    /api/v1/limits/{name}
        Read    GET    /api/v1/deadletters
        Read    GET    /api/v1/deadletters/{id}
        Read    GET    /api/v1/callbacks/{workflow}
        Read    GET    /api/v1/sessions
        Read    GET    /api/v1/sessions/{id}
        Read    GET    /api/v1/sessions/{id}/messages/{message}
        Read    GET    /api/v1/subscriptions
        Read    GET    /api/v1/subscriptions/{name}
        Read    GET    /api/v1/subscriptions/{name}/progress
        Read    GET    /status/{taskId}
        Read    POST   /aggregate
        Read    GET    /api/v1/requests/averages
        Read    GET    /api/v1/requests/metrics
        Read    GET    /api/v1/requests/{requestId}

        Work    POST   /api/v1/workflows
        Work    POST   /api/v1/workflows/{id}/approvals/{step}
        Work    POST   /api/v1/workflows/{id}/cancel
        Work    POST   /api/v1/workflows/{id}/fork
        Work    POST   /api/v1/workflows/{id}/pause
        Work    POST   /api/v1/workflows/{id}/rerun
        Work    POST   /api/v1/workflows/{id}/resume
        Work    POST   /api/v1/workflows/{id}/retry
        Work    POST   /api/v1/workflows/{id}/signals/{name}
        Work    POST   /api/v1/approvals/{id}/approve
        Work    POST   /api/v1/approvals/{id}/reject
        Work    POST   /api/v1/blobs
        Work    POST   /orchestrate
        Work    POST   /api/v1/requests/{requestId}/satisfaction
        Work    POST   /api/agents
        Work    POST   /api/v1/sessions
        Work    POST   /api/v1/sessions/{id}/close
        Work    POST   /api/v1/sessions/{id}/messages
        Work    DELETE /api/v1/sessions/{id}
        Work    POST   /api/v1/topics/{topic}/events
        Work    POST   /api/v1/breakers/{agent}/{instance}/reset
        Work    POST   /api/v1/breakers/{agent}/{instance}/trip
        Work    POST   /api/v1/deadletters/redrive
        Work    POST   /api/v1/deadletters/{id}/redrive
        Work    POST   /api/v1/callbacks/{workflow}/redeliver
        Work    POST   /api/v1/schedules/{name}/backfill
        Work    POST   /api/v1/schedules/{name}/pause
        Work    POST   /api/v1/schedules/{name}/resume
        Work    POST   /api/v1/schedules/{name}/trigger

        Manage  PUT    /api/v1/plans/{name}
        Manage  DELETE /api/v1/plans/{name}
        Manage  POST   /api/v1/agents
        Manage  PUT    /api/v1/agents/{name}
        Manage  DELETE /api/v1/agents/{name}
        Manage  POST   /api/v1/routes
        Manage  PUT    /api/v1/routes/{name}
        Manage  DELETE /api/v1/routes/{name}
        Manage  PUT    /api/v1/limits/{name}
        Manage  DELETE /api/v1/limits/{name}
        Manage  PUT    /api/v1/schedules/{name}
        Manage  DELETE /api/v1/schedules/{name}
        Manage  PUT    /api/v1/subscriptions/{name}
        Manage  DELETE /api/v1/subscriptions/{name}
        """;

    /// <summary>The permission of each endpoint, by method and route pattern.</summary>
    public static FrozenDictionary<(string Method, string Pattern), Permission> Permissions { get; } = Row().Matches(Rows).ToFrozenDictionary(
        row => (row.Groups["method"].Value, row.Groups["pattern"].Value), row => Enum.Parse<Permission>(row.Groups["permission"].Value));

    /// <summary>What an endpoint asks for. One that nobody wrote into the table asks for the most: what was forgotten is shut.</summary>
    public static Permission Of(string method, string pattern) => Permissions.GetValueOrDefault((method, pattern), Permission.Manage);

    public static bool Has(OperatorRole role, Permission permission) => permission switch
    {
        Permission.Open => true,
        Permission.Read => role >= OperatorRole.Viewer,
        Permission.Work => role >= OperatorRole.Operator,
        _ => role >= OperatorRole.Admin,
    };

    [GeneratedRegex(@"^(?<permission>\w+) +(?<method>\w+) +(?<pattern>/\S*?)\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
