using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Observing;
using Orchestrator.ApiHost.Topics;

namespace Orchestrator.ApiHost.Events;

/// <summary>Writes server-sent events (WHATWG HTML §9.2).</summary>
/// <remarks>
/// The platform's own result writes no comments, hence no heartbeats, so the lines are written here. A reader that takes nothing for
/// <see cref="ApiOptions.StreamStallMax"/> is cut off: it would hold buffers for as long as it likes, and it loses nothing, for it comes back with the last id it has seen.
/// </remarks>
internal sealed class EventWriter : IEventSink
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Bytes that are written before they are sent, whatever one page holds.</summary>
    private const int UnsentMax = 32 * 1024;

    private readonly HttpContext http;
    private readonly PipeWriter body;
    private readonly TimeProvider clock;
    private readonly TimeSpan stallMax;
    private long sent;
    private int unsent;

    private EventWriter(HttpContext http, TimeProvider clock)
    {
        (this.http, this.clock, body) = (http, clock, http.Response.BodyWriter);
        stallMax = http.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.StreamStallMax;
    }

    /// <summary>Begins the answer. From here on it cannot turn into a problem.</summary>
    public static async Task<EventWriter> BeginAsync(HttpContext http, TimeProvider clock, CancellationToken cancellationToken)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var writer = new EventWriter(http, clock);
        writer.Write("retry: 2000\n\n");
        await writer.FlushAsync(cancellationToken);
        return writer;
    }

    public Task ResetAsync(string place, TopicResetResponse reset, CancellationToken cancellationToken)
    {
        Write($"id: {place}\n");
        return ResetAsync(reset, cancellationToken);
    }

    /// <summary>Tells a reader that what it has seen does not join on to what there is.</summary>
    public Task ResetAsync<T>(T data, CancellationToken cancellationToken)
    {
        Write($"event: reset\ndata: {JsonSerializer.Serialize(data, ApiJson.Responses)}\n\n");
        return FlushAsync(cancellationToken);
    }

    /// <summary>Tells a reader where it stands before anything has come, so that it comes back to this place.</summary>
    public Task PlaceAsync(string place, CancellationToken cancellationToken)
    {
        Write($"id: {place}\n\n");
        return FlushAsync(cancellationToken);
    }

    /// <inheritdoc cref="PlaceAsync(string, CancellationToken)"/>
    public Task PlaceAsync(long number, CancellationToken cancellationToken) => PlaceAsync(number.ToString(CultureInfo.InvariantCulture), cancellationToken);

    /// <summary>One event, for certain sent only after <see cref="FlushAsync"/>. The type has no line break.</summary>
    public Task EventAsync<T>(long number, string type, T data, CancellationToken cancellationToken) =>
        EventAsync(number.ToString(CultureInfo.InvariantCulture), type, JsonSerializer.SerializeToUtf8Bytes(data, ApiJson.Responses), cancellationToken);

    /// <summary>One event, for certain sent only after <see cref="FlushAsync"/>. Neither the type nor the JSON has a line break.</summary>
    public Task EventAsync(string place, string type, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        Write($"id: {place}\nevent: {type}\ndata: ");
        Write(json.Span);
        Write("\n\n"u8);
        return unsent > UnsentMax ? FlushAsync(cancellationToken) : Task.CompletedTask;
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        unsent = 0;
        var flush = body.FlushAsync(cancellationToken);
        if (!flush.IsCompletedSuccessfully)
        {
            await SentAsync(flush.AsTask(), cancellationToken);
        }

        sent = clock.GetTimestamp();
    }

    /// <summary>How long until the reader has to hear that the connection lives; zero or less where it is time.</summary>
    public TimeSpan UntilHeartbeat => Heartbeat - clock.GetElapsedTime(sent);

    /// <summary>Says that the connection lives, where nothing has for long enough; gives how long may pass until it has to be said again.</summary>
    public async Task<TimeSpan> KeepAliveAsync(CancellationToken cancellationToken)
    {
        if (UntilHeartbeat is var left && left > TimeSpan.Zero)
        {
            return left;
        }

        Write(": still here\n\n");
        await FlushAsync(cancellationToken);
        return Heartbeat;
    }

    private async Task SentAsync(Task flush, CancellationToken cancellationToken)
    {
        try
        {
            await flush.WaitAsync(stallMax, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            http.RequestServices.GetRequiredService<StreamCount>().CountStalled();
            http.Abort();

            // The request's own token is cancelled by that, and the stream ends as any does whose reader has gone.
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        }
    }

    private void Write(string text)
    {
        var span = body.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, span);
        body.Advance(length);
        unsent += length;
    }

    private void Write(ReadOnlySpan<byte> utf8)
    {
        // In pieces of a pipe's own blocks: asked for more at once, it would rent one array as large as the event.
        while (!utf8.IsEmpty)
        {
            var span = body.GetSpan();
            var length = Math.Min(span.Length, utf8.Length);
            utf8[..length].CopyTo(span);
            body.Advance(length);
            unsent += length;
            utf8 = utf8[length..];
        }
    }
}
