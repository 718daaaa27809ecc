using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Orchestrator.ApiHost.Access;

namespace Orchestrator.ApiHost.Safety;

/// <summary>Refuses to open a door to the network that nobody guards.</summary>
/// <remarks>The server calls it for every endpoint before it binds it, wherever the address came from, so nothing is reachable for even a moment.</remarks>
internal sealed partial class ListeningGuard(AccessDoor access, ILogger<ListeningGuard> logger)
{
    /// <exception cref="OpenToStrangersException">The address is not loopback, there are no keys to ask for, and nobody allowed that.</exception>
    public void Check(ListenOptions endpoint)
    {
        if (endpoint.EndPoint is not IPEndPoint { Address: { } address } || IPAddress.IsLoopback(address))
        {
            return;
        }

        if (!access.MayOpen())
        {
            throw new OpenToStrangersException(endpoint.EndPoint.ToString()!);
        }

        if (!access.KeysAreRequired)
        {
            LogOpen(endpoint.EndPoint);
        }
    }

    [LoggerMessage(EventId = 5010, EventName = "OpenToStrangers", Level = LogLevel.Warning,
        Message = "Listening on {EndPoint} without asking for keys: anybody who can reach this address can run and read workflows "
            + "(Api:AllowAnonymous is true, or Api:RequireKeys false)")]
    private partial void LogOpen(EndPoint endPoint);
}

/// <summary>The server was told to listen beyond loopback although it asks nobody who they are.</summary>
public sealed class OpenToStrangersException(string endPoint) : Exception(
    $"Refusing to listen on {endPoint}: nobody has a key to ask for, so the API listens on loopback only. Give keys under Operators:Keys, use an address such as http://127.0.0.1:8080, or set Api:AllowAnonymous to true where the network itself keeps strangers out.");
