using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Orchestrator.SiloHosting.Completions;

namespace Orchestrator.ApiHost.Completions;

/// <summary>The first address the server listens on that names a host.</summary>
internal sealed class ListeningAddress(IServer server) : IServerAddress
{
    private Uri? found;

    public Uri? Find() => found ??= server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(Named).FirstOrDefault(address => address is not null);

    // http://*:8080 is no address, 0.0.0.0 and [::] are everybody's, and port 0 is not chosen yet.
    private static Uri? Named(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", Port: not 0 }
        && !(IPAddress.TryParse(uri.IdnHost, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
            ? uri
            : null;
}
