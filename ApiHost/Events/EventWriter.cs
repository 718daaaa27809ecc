using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Orchestrator.ApiHost.Contract;

namespace Orchestrator.ApiHost.Events;

/// <summary>Writes server-sent events (WHATWG HTML §9.2).</summary>
/// <remarks>The platform's own result writes no comments, hence no heartbeats, so the lines are written here.</remarks>
internal sealed class EventWriter
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly HttpContext http;
    private readonly TimeProvider clock;
    private long written;

    private EventWriter(HttpContext http, TimeProvider clock) => (this.http, this.clock) = (http, clock);

    /// <summary>Begins the answer. From here on it cannot turn into a problem.</summary>
    public static async Task<EventWriter> BeginAsync(HttpContext http, TimeProvider clock, CancellationToken cancellationToken)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var writer = new EventWriter(http, clock);
        await writer.WriteAsync("retry: 2000\n\n", cancellationToken);
        return writer;
    }

    /// <summary>Tells a reader that what it has seen does not join on to what there is.</summary>
    public Task ResetAsync<T>(T data, CancellationToken cancellationToken) =>
        WriteAsync($"event: reset\ndata: {JsonSerializer.Serialize(data, ApiJson.Responses)}\n\n", cancellationToken);

    /// <summary>Tells a reader where it stands before anything has come, so that it comes back to this place.</summary>
    public Task PlaceAsync(long number, CancellationToken cancellationToken) =>
        WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {number}\n\n"), cancellationToken);

    /// <summary>One event, not sent before <see cref="FlushAsync"/>. The type has no line break.</summary>
    public Task EventAsync<T>(long number, string type, T data, CancellationToken cancellationToken) => http.Response.WriteAsync(
        string.Create(CultureInfo.InvariantCulture, $"id: {number}\nevent: {type}\ndata: {JsonSerializer.Serialize(data, ApiJson.Responses)}\n\n"),
        Encoding.UTF8,
        cancellationToken);

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await http.Response.Body.FlushAsync(cancellationToken);
        written = clock.GetTimestamp();
    }

    /// <summary>Says that the connection lives, where nothing has for long enough; gives how long may pass until it has to be said again.</summary>
    public async Task<TimeSpan> KeepAliveAsync(CancellationToken cancellationToken)
    {
        var quiet = clock.GetElapsedTime(written);
        if (quiet < Heartbeat)
        {
            return Heartbeat - quiet;
        }

        await WriteAsync(": still here\n\n", cancellationToken);
        return Heartbeat;
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await http.Response.WriteAsync(text, Encoding.UTF8, cancellationToken);
        await FlushAsync(cancellationToken);
    }
}
