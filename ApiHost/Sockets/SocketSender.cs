using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Observing;

namespace Orchestrator.ApiHost.Sockets;

/// <summary>Sends one message after another over a socket.</summary>
/// <remarks>
/// There is no queue: who has something to send waits for its turn, and there are no more of those than a socket may have requests and subscriptions. A
/// peer that takes nothing for <see cref="ApiOptions.StreamStallMax"/> loses the connection, for what stands half sent before it leaves no room for a farewell.
/// </remarks>
internal sealed class SocketSender(WebSocket socket, StreamCount streams, TimeSpan stallMax, TimeProvider clock) : IDisposable
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = ApiJson.Responses.Encoder };

    private readonly SemaphoreSlim turn = new(1, 1);

    public async Task SendAsync(Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes, Writing))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await turn.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(bytes.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, cancellationToken).AsTask().WaitAsync(stallMax, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            streams.CountStalled();
            socket.Abort();
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, $"The peer took nothing for {stallMax}.");
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The answer to a request: carries its id.</summary>
    public Task AcknowledgeAsync(string id, Action<Utf8JsonWriter> write, CancellationToken cancellationToken) => SendAsync(
        json =>
        {
            json.WriteString("type", "ack");
            json.WriteString("id", id);
            json.WriteBoolean("ok", true);
            write(json);
        },
        cancellationToken);

    /// <summary>The answer to a request that was not done, or to a message that was none.</summary>
    public Task RefuseAsync(string? id, string code, string message, CancellationToken cancellationToken) => SendAsync(
        json =>
        {
            json.WriteString("type", id is null ? "error" : "ack");
            json.WriteString("id", id);
            json.WriteBoolean("ok", false);
            json.WriteStartObject("error");
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteEndObject();
        },
        cancellationToken);

    public void Dispose() => turn.Dispose();
}
