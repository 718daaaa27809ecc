using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Events;
using Orchestrator.ApiHost.Topics;

namespace Orchestrator.ApiHost.Sockets;

/// <summary>The events of one subscription, over a socket. The protocol's own pings keep the connection alive.</summary>
internal sealed class SocketSink(SocketSender sender, string subscription, TimeProvider clock) : IEventSink
{
    private static readonly TimeSpan PlaceEvery = TimeSpan.FromSeconds(15);

    private long told = clock.GetTimestamp();

    public TimeSpan UntilHeartbeat => PlaceEvery - clock.GetElapsedTime(told);

    public Task PlaceAsync(string place, CancellationToken cancellationToken) => TellAsync("position", place, static _ => { }, cancellationToken);

    public Task EventAsync(string place, string type, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) => TellAsync(
        "event",
        place,
        writer =>
        {
            writer.WritePropertyName("event");
            writer.WriteRawValue(json.Span, skipInputValidation: true);
        },
        cancellationToken);

    public Task ResetAsync(string place, TopicResetResponse reset, CancellationToken cancellationToken) => TellAsync(
        "reset",
        place,
        writer =>
        {
            writer.WritePropertyName("data");
            JsonSerializer.Serialize(writer, reset, ApiJson.Responses);
        },
        cancellationToken);

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<TimeSpan> KeepAliveAsync(CancellationToken cancellationToken)
    {
        if (UntilHeartbeat <= TimeSpan.Zero)
        {
            told = clock.GetTimestamp();
        }

        return Task.FromResult(UntilHeartbeat);
    }

    private Task TellAsync(string type, string place, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        told = clock.GetTimestamp();
        return sender.SendAsync(
            json =>
            {
                json.WriteString("type", type);
                json.WriteString("subscription", subscription);
                json.WriteString("position", place);
                write(json);
            },
            cancellationToken);
    }
}
