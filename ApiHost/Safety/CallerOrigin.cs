using System.Net;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Access;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;

namespace Orchestrator.ApiHost.Safety;

/// <summary>Keeps other people's web pages away from a server that asks for no credentials.</summary>
/// <remarks>
/// A page elsewhere can make a visitor's browser talk to an address on the visitor's own machine. A changed name (DNS rebinding) shows in <c>Host</c>,
/// a foreign page in <c>Origin</c>; both are checked before anything else looks at the request.
/// </remarks>
internal sealed class CallerOrigin(IOptions<ApiOptions> options, AccessDoor access)
{
    private readonly ApiOptions api = options.Value;

    public ApiProblem? Check(HttpRequest request)
    {
        if (!ServesHost(request.Host))
        {
            return ApiProblem.Of("host.refused", $"This server does not answer to the name '{RequestCheck.Shown(request.Host.Host)}'.");
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || IsOwn(origin, request) || api.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
            ? null
            : ApiProblem.Of("origin.refused", $"Pages from '{RequestCheck.Shown(origin)}' may not call this server.");
    }

    private bool ServesHost(HostString host) =>
        IsLoopback(host.Host)
        || api.AllowedHosts.Any(allowed => allowed == "*" || allowed.Equals(host.Host, StringComparison.OrdinalIgnoreCase))
        || (api.AllowedHosts.Length == 0 && (api.AllowAnonymous || access.KeysAreRequired));

    /// <summary>The page came from this very server, by the name it was asked under.</summary>
    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && origin.Equals(request.Scheme + "://" + request.Host.Value, StringComparison.OrdinalIgnoreCase) && uri.AbsolutePath == "/";

    // The name exactly as browsers send it: 'localhost.' or '127.0.0.1.' are other names to a browser's own checks, and not served.
    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
