using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Access;
using Orchestrator.ApiHost.Events;
using Orchestrator.ApiHost.Observing;
using Orchestrator.ApiHost.Problems;

namespace Orchestrator.ApiHost.Sockets;

/// <summary>What every socket works with.</summary>
internal sealed record SocketDoor(
    IGrainFactory Grains, TopicFeeds Feeds, SocketLearning Learning, StreamCount Streams, IOptions<ApiOptions> Options, TimeProvider Clock, ILogger<SocketDoor> Logger);

/// <summary><c>/ws</c>: the same events as the event streams, and messages the other way.</summary>
internal static class SocketEndpoint
{
    /// <summary>Between two pings; a peer that answers none for as long again is gone.</summary>
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);

    public static void MapSocket(this IEndpointRouteBuilder routes) => routes.MapGet("/ws", ConnectAsync).ExcludeFromDescription();

    private static async Task<IResult> ConnectAsync(HttpContext http, SocketDoor door, AccessDoor access, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            return ApiProblem.Of("request.invalid", "This is a WebSocket: ask with 'Connection: Upgrade' and 'Upgrade: websocket'.");
        }

        using var seat = door.Streams.TryTake();
        if (seat is null)
        {
            return ApiProblem.Of("server.busy", "As many event streams are open as this server allows.");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        using var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = PingEvery, KeepAliveTimeout = PingEvery });
        using var sender = new SocketSender(socket, door.Streams, door.Options.Value.StreamStallMax, door.Clock);
        await new SocketSession(socket, sender, door, access.Allows(http, Permission.Work), door.Logger).RunAsync(stop.Token);
        return Results.Empty;
    }
}
