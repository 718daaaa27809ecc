using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.SiloHosting.Orleans;

/// <summary>Lets requests in where the server listens on loopback and nowhere else, and where no page from elsewhere sends them.</summary>
/// <remarks>It is the listening that decides, and the name the caller used, never the address a caller comes from.</remarks>
internal sealed class LoopbackOnly(IServer server)
{
    /// <returns>Whether the request goes on; otherwise 404 was set, as where there is nothing.</returns>
    public bool LetIn(HttpContext http)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var letIn = addresses.Count > 0
            && addresses.All(address => Uri.TryCreate(address, UriKind.Absolute, out var url) && IsLoopback(url.Host))
            && IsLoopback(http.Request.Host.Host)
            && IsOwn(http.Request);
        if (!letIn)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }

        return letIn;
    }

    private static bool IsOwn(HttpRequest request) =>
        request.Headers.Origin.ToString() is var origin
        && (origin.Length == 0 || origin.Equals(request.Scheme + "://" + request.Host.Value, StringComparison.OrdinalIgnoreCase));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
