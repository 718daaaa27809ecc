using Microsoft.Extensions.Options;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.ApiHost.Paging;

/// <summary>Refuses a key that cannot sign, and a front end with a key of its own: the next page is asked of another one, which would not take the cursor.</summary>
internal sealed class CursorKeyIsUsable(IOptions<ClusterOptions> cluster) : IValidateOptions<ApiOptions>
{
    private const string Setting = $"{ApiOptions.Section}:{nameof(ApiOptions.CursorKey)}";

    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        if (cluster.Value.Role == ClusterRole.Frontend && options is { CursorKey: null, CursorKeyFile: null })
        {
            return ValidateOptionsResult.Fail($"{Setting}: front ends of a cluster share one key that signs cursors; found none, nor a {nameof(options.CursorKeyFile)}");
        }

        return options.CursorKey is { } text && CursorKey.Read(text) is null
            ? ValidateOptionsResult.Fail($"{Setting}: expected Base64 of at least {CursorKey.LengthMin} bytes, found {text.Length} characters that are not")
            : ValidateOptionsResult.Success;
    }
}
