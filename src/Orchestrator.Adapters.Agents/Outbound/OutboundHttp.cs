using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Orchestrator.Adapters.Agents.Outbound;

/// <summary>The one way in which this process makes HTTP requests to addresses that others chose: agents, callbacks, imports.</summary>
/// <remarks>
/// No redirects, no proxy from the environment, no cookies, no credentials, no trace headers but those a caller sets. Each new connection resolves the
/// host once, and connects only to an address of that very answer which the <see cref="AddressGuard"/> allows. If one address is refused, the others
/// are not tried: a name that points inward as well as outward is not one to trust. Safe to use from many threads; dispose it last.
/// </remarks>
public sealed class OutboundHttp : IDisposable
{
    private readonly AddressGuard guard;
    private readonly IHostResolver resolver;
    private readonly HttpMessageInvoker invoker;

    public OutboundHttp(IOptions<OutboundOptions> options, IHostResolver resolver)
    {
        this.resolver = resolver;
        guard = new AddressGuard(options.Value);
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            Credentials = null,
            PreAuthenticate = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.Value.ConnectTimeout,
            PooledConnectionLifetime = options.Value.ConnectionLifetime,
            MaxConnectionsPerServer = options.Value.ConnectionsPerHostMax,
            MaxResponseHeadersLength = 64,
            ConnectCallback = ConnectAsync,
        });
    }

    /// <summary>Sends a request and comes back with the head of the response; its body is read by the caller, within the caller's limits.</summary>
    /// <exception cref="HttpRequestException">There was no connection, or it broke. The inner exception is an <see cref="AddressRefusedException"/> where the address was refused.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri;
        return uri is { IsAbsoluteUri: true, UserInfo: "", Scheme: "http" or "https" }
            ? invoker.SendAsync(request, cancellationToken)
            : throw new HttpRequestException("The address was refused.", new AddressRefusedException("Only absolute http and https addresses without a user name are called."));
    }

    public void Dispose() => invoker.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver.ResolveAsync(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        if (Array.Find(addresses, address => !guard.Allows(address)) is { } refused)
        {
            throw new AddressRefusedException(
                $"'{host}' is at {refused}, which is an address of this machine, of a private network or of no one. Allow it in {OutboundOptions.Section} if it is meant.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
