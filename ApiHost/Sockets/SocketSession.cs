using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Events;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Topics;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Sockets;

/// <summary>One socket: takes messages one after another, and has as many requests and subscriptions open as it may.</summary>
/// <param name="mayWork">The caller may publish and ask agents, and not only follow.</param>
internal sealed partial class SocketSession(WebSocket socket, SocketSender sender, SocketDoor door, bool mayWork, ILogger logger)
{
    private const int IdLengthMax = 128;

    /// <summary>Bytes that a socket keeps between two messages.</summary>
    private const int KeptBytesMax = 2_048;

    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Work> open = new(StringComparer.Ordinal);
    private ArrayBufferWriter<byte> received = new(KeptBytesMax);

    /// <summary>Runs until the peer closes the socket, breaks its rules, or the server stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Not cancelled: a socket whose receiving is cancelled is aborted, and could not say why it closes.
        var receiving = TakeAllAsync(ending.Token);
        await Task.WhenAny(receiving, Task.Delay(Timeout.InfiniteTimeSpan, door.Clock, ending.Token));
        var (status, reason) = receiving.IsCompleted ? await receiving : (WebSocketCloseStatus.EndpointUnavailable, "The server stops; come back with your position.");
        await ending.CancelAsync();
        await Task.WhenAll(open.Values.Select(work => work.Running));
        await CloseAsync(status, reason);
        await LeaveAsync(receiving);
    }

    /// <summary>Takes messages until there are no more; how the socket is to be closed then.</summary>
    private async Task<(WebSocketCloseStatus Status, string Reason)> TakeAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReceiveAsync() is { } message)
            {
                using (message)
                {
                    await TakeAsync(message.RootElement, cancellationToken);
                }
            }
        }
        catch (MessageRefusedException refused)
        {
            return (refused.Status, refused.Message);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // The peer is gone, took nothing for too long, or the server stops.
        }

        return (WebSocketCloseStatus.NormalClosure, "");
    }

    /// <summary>Gives the peer a moment to close its side.</summary>
    private async Task LeaveAsync(Task receiving)
    {
        try
        {
            await receiving.WaitAsync(FarewellMax, door.Clock);
        }
        catch (TimeoutException)
        {
            socket.Abort();
            await receiving;
        }
    }

    /// <summary>The next message; null when the peer has closed the socket.</summary>
    private async Task<JsonDocument?> ReceiveAsync()
    {
        received = received.Capacity > KeptBytesMax ? new(KeptBytesMax) : received;
        received.ResetWrittenCount();
        while (true)
        {
            var part = await socket.ReceiveAsync(received.GetMemory(KeptBytesMax), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            received.Advance(part.Count);
            if (received.WrittenCount > door.Options.Value.SocketMessageBytesMax)
            {
                throw new MessageRefusedException(WebSocketCloseStatus.MessageTooBig, $"A message has at most {door.Options.Value.SocketMessageBytesMax} bytes.");
            }

            if (part.MessageType != WebSocketMessageType.Text)
            {
                throw new MessageRefusedException(WebSocketCloseStatus.InvalidMessageType, "Messages are texts of JSON.");
            }

            if (part.EndOfMessage)
            {
                return JsonText.TryParse(received.WrittenMemory.ToArray(), out var document, out var error) && document!.RootElement.ValueKind == JsonValueKind.Object
                    ? document
                    : throw new MessageRefusedException(WebSocketCloseStatus.InvalidPayloadData, error?.Detail is { } detail ? RequestCheck.Shown(detail, 100) : "A message is an object.");
            }
        }
    }

    private async Task TakeAsync(JsonElement message, CancellationToken cancellationToken)
    {
        foreach (var (done, work) in open)
        {
            if (work.Running.IsCompleted && open.TryRemove(done, out _))
            {
                work.Ending.Dispose();
            }
        }

        var type = Text(message, "type");
        if (Text(message, "id") is not { Length: > 0 and <= IdLengthMax } id)
        {
            await sender.RefuseAsync(null, "request.invalid", $"A message has an 'id' of 1 to {IdLengthMax} characters, which its answer carries.", cancellationToken);
            return;
        }

        switch (type)
        {
            case "ping":
                await sender.AcknowledgeAsync(id, static _ => { }, cancellationToken);
                break;
            case "unsubscribe":
                await UnsubscribeAsync(id, Text(message, "subscription") ?? "", cancellationToken);
                break;
            case "publish" or "agent:learning" when !mayWork:
                await sender.RefuseAsync(id, "access.denied", $"'{type}' needs the permission 'work', which the caller does not have.", cancellationToken);
                break;
            case "subscribe" or "resume" or "publish" or "agent:learning":
                await BeginAsync(id, type, message.Clone(), cancellationToken);
                break;
            default:
                await sender.RefuseAsync(id, "request.invalid", $"There is no message '{RequestCheck.Shown(type ?? "")}'; there are subscribe, resume, unsubscribe, publish, agent:learning and ping.", cancellationToken);
                break;
        }
    }

    private async Task BeginAsync(string id, string type, JsonElement message, CancellationToken cancellationToken)
    {
        if (open.ContainsKey(id))
        {
            await sender.RefuseAsync(id, "request.invalid", "Something with this id is open on this socket.", cancellationToken);
            return;
        }

        if (open.Count >= door.Options.Value.SocketRequestsMax)
        {
            await sender.RefuseAsync(id, "server.busy", $"{open.Count} requests and subscriptions are open on this socket, which is as many as may be.", cancellationToken);
            return;
        }

        var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        open.TryAdd(id, new Work(RunAsync(id, type, message, ending.Token), ending));
    }

    private async Task RunAsync(string id, string type, JsonElement message, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await (type switch
            {
                "publish" => PublishAsync(id, message, cancellationToken),
                "agent:learning" => door.Learning.AnswerAsync(id, message, sender, cancellationToken),
                _ => FollowAsync(id, type == "resume", message, cancellationToken),
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (WebSocketException)
        {
            // Whoever asked is gone. What was accepted goes on.
        }
        catch (Exception failure)
        {
            LogFailed(failure, type);
            await TryRefuseAsync(id, cancellationToken);
        }
    }

    private async Task TryRefuseAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await sender.RefuseAsync(id, "server.fault", "It was not done, or it is not known whether it was. Send it again with the same id.", cancellationToken);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // Nobody is there to hear it.
        }
    }

    private async Task PublishAsync(string id, JsonElement message, CancellationToken cancellationToken)
    {
        if (!TopicName.TryParse(Text(message, "topic"), out var topic))
        {
            await sender.RefuseAsync(id, "request.invalid", $"A topic's name has 1 to {TopicName.LengthMax} lower-case letters, digits, '.', '_' and '-'.", cancellationToken);
            return;
        }

        var (events, wrong) = CloudEventText.Read(message.TryGetProperty("event", out var one) ? one : message.TryGetProperty("events", out var several) ? several : default);
        if (wrong is not null)
        {
            await sender.RefuseAsync(id, wrong.Kind.Code, wrong.Detail, cancellationToken);
            return;
        }

        var reply = await door.Grains.Topic(topic).PublishAsync(events, cancellationToken);
        await (reply.Refusal is { } refusal
            ? sender.RefuseAsync(id, refusal.Code, refusal.Message, cancellationToken)
            : sender.AcknowledgeAsync(
                id,
                json =>
                {
                    json.WritePropertyName("data");
                    JsonSerializer.Serialize(json, PublishedResponse.Of(events, reply), ApiJson.Responses);
                },
                cancellationToken));
    }

    private async Task FollowAsync(string id, bool resumes, JsonElement message, CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var topics = EventWants.Topics(check, "topics", Words(message, "topics"), door.Options.Value.StreamTopicsMax);
        var filter = EventWants.Types(check, "types", Words(message, "types"));
        var position = new EventPosition(topics);
        var after = Text(message, "position");
        if (resumes && after is null)
        {
            check.Member("/position", "To resume is to say where: 'position' is that of the last message.");
        }

        var from = EventWants.From(check, "position", position, topics.Length, after);
        if (check.Problem is { } wrong)
        {
            await sender.RefuseAsync(id, wrong.Kind.Code, wrong.Detail, cancellationToken);
            return;
        }

        var wake = new EventWake();
        var cursors = topics.Select(topic => new EventCursor(door.Feeds.Follow(topic, wake), filter)).ToImmutableArray();
        try
        {
            var stream = new EventStream(cursors, position, wake, door.Clock);
            await stream.StartAsync(from, cancellationToken);
            await sender.AcknowledgeAsync(id, json => json.WriteString("subscription", id), cancellationToken);
            await stream.RunAsync(new SocketSink(sender, id, door.Clock), tellsPlace: from is null, cancellationToken);
        }
        finally
        {
            foreach (var cursor in cursors)
            {
                door.Feeds.Leave(cursor.Feed, wake);
            }
        }
    }

    private async Task UnsubscribeAsync(string id, string subscription, CancellationToken cancellationToken)
    {
        if (!open.TryRemove(subscription, out var work))
        {
            await sender.RefuseAsync(id, "request.invalid", $"No subscription '{RequestCheck.Shown(subscription)}' is open on this socket.", cancellationToken);
            return;
        }

        await work.Ending.CancelAsync();
        await work.Running;
        work.Ending.Dispose();
        await sender.AcknowledgeAsync(id, json => json.WriteString("subscription", subscription), cancellationToken);
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        try
        {
            using var patience = new CancellationTokenSource(FarewellMax, door.Clock);
            await socket.CloseOutputAsync(status, reason, patience.Token);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // Nobody is there to hear it.
        }
    }

    private static string? Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static string? Words(JsonElement message, string name) => !message.TryGetProperty(name, out var member) ? null
        : member.ValueKind == JsonValueKind.Array ? string.Join(',', member.EnumerateArray().Where(word => word.ValueKind == JsonValueKind.String).Select(word => word.GetString()))
        : Text(message, name);

    /// <summary>Something that is open on the socket.</summary>
    private sealed record Work(Task Running, CancellationTokenSource Ending);

    /// <summary>The peer sent what ends the conversation.</summary>
    private sealed class MessageRefusedException(WebSocketCloseStatus status, string message) : Exception(message)
    {
        public WebSocketCloseStatus Status { get; } = status;
    }

    [LoggerMessage(EventId = 5051, EventName = "SocketRequestFailed", Level = LogLevel.Warning, Message = "A request of a socket failed: {Type}")]
    private partial void LogFailed(Exception failure, string type);
}
