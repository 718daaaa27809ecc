using System.Net;

namespace Orchestrator.Adapters.Agents.Outbound;

/// <summary>Turns a host's name into addresses.</summary>
public interface IHostResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">The name has no address.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>As the operating system does.</summary>
public sealed class SystemHostResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
