using Microsoft.Extensions.Options;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.ApiHost.Paging;

/// <summary>Refuses a front end with a cursor key of its own: the next page is asked of another one, which would not take the cursor.</summary>
internal sealed class FrontEndsShareTheirCursorKey(IOptions<ClusterOptions> cluster) : IValidateOptions<ApiOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiOptions options) =>
        cluster.Value.Role == ClusterRole.Frontend && options is { CursorKey: null, CursorKeyFile: null }
            ? ValidateOptionsResult.Fail($"{ApiOptions.Section}:{nameof(options.CursorKey)}: front ends of a cluster share one key that signs cursors; found none, nor a {nameof(options.CursorKeyFile)}")
            : ValidateOptionsResult.Success;
}
