using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.EndToEnd.Tests.Processes;

internal static class Ports
{
    /// <summary>A port of this machine that nobody listens to now.</summary>
    public static string Free()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
