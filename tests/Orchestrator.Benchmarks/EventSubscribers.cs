using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Benchmarks;

/// <summary>What thousands of event streams cost one server, and how soon all of them have an event. The server is a process of its own, this is the client.</summary>
/// <remarks>
/// Each subscriber is a bare socket that reads what comes and looks at the numbers of the events: one that is missing or comes twice ends the run. Both
/// processes share the machine, so the times hold the client's work too.
/// </remarks>
internal static class EventSubscribers
{
    private const string Topic = "bench";

    public static async Task RunAsync(string[] arguments)
    {
        var count = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 10_000;
        await using var server = await BenchmarkServer.StartAsync(
            arguments.ElementAtOrDefault(1), arguments.ElementAtOrDefault(2), "--Api:StreamsMax", "20000", "--Api:ConnectionsMax", "20000", "--Topics:WatchersMax", "20000");
        await RunAsync(server.Http, server, server.Url, count);
    }

    private static async Task RunAsync(HttpClient http, BenchmarkServer server, Uri url, int count)
    {
        // The first streams and events pay for what is compiled then.
        var warm = await ConnectAsync(url, "warm", 200);
        for (var number = 1; number <= 20; number++)
        {
            await PublishAsync(http, "warm", number, "");
        }

        await Until(() => warm.All(reader => reader.Last == 20), "the warm-up");
        warm.ForEach(reader => reader.Dispose());
        await Task.Delay(TimeSpan.FromSeconds(3));

        var before = server.Resident();
        var started = Stopwatch.GetTimestamp();
        var readers = await ConnectAsync(url, Topic, count);
        var connecting = Stopwatch.GetElapsedTime(started);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var idle = server.Resident();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} subscribers connected in {connecting.TotalSeconds:F1} s; resident {before >> 20} MiB before, {idle >> 20} MiB with them: {(idle - before) / 1024.0 / count:F1} KiB each"));

        var published = 0;
        published = await ShowAsync(http, readers, published, 20, TimeSpan.FromSeconds(1), "1 event/s");
        published = await ShowAsync(http, readers, published, 50, TimeSpan.FromMilliseconds(200), "5 events/s");
        published = await ShowAsync(http, readers, published, 200, TimeSpan.FromMilliseconds(50), "20 events/s");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{published} events to each, none missing, none twice; resident {server.Resident() >> 20} MiB: {(server.Resident() - before) / 1024.0 / count:F1} KiB each"));
        await ShowStalledAsync(http, server, url, count / 100);
        readers.ForEach(reader => reader.Dispose());
    }

    private static async Task<int> ShowAsync(HttpClient http, List<Reader> readers, int published, int events, TimeSpan every, string rate)
    {
        var sent = new long[events];
        readers.ForEach(reader => reader.Expect(published, events));
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < events; i++)
        {
            var rest = (every * i) - Stopwatch.GetElapsedTime(began);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest);
            }

            sent[i] = Stopwatch.GetTimestamp();
            await PublishAsync(http, Topic, published + i + 1, "");
        }

        await Until(() => readers.All(reader => reader.Last == published + events), rate);
        var times = readers.SelectMany(reader => reader.Arrived.Select((at, i) => at - sent[i])).Order().ToList();
        var last = Enumerable.Range(0, events).Select(i => readers.Max(reader => reader.Arrived[i]) - sent[i]).Order().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rate,-12} to one: p50 {At(times, 0.5):F0} ms, p95 {At(times, 0.95):F0} ms, p99 {At(times, 0.99):F0} ms; to all: p50 {At(last, 0.5):F0} ms, max {At(last, 1):F0} ms"));
        return published + events;
    }

    /// <summary>Readers that take nothing while there is much for them: how many are cut off, how soon, and what they cost until then.</summary>
    private static async Task ShowStalledAsync(HttpClient http, BenchmarkServer server, Uri url, int count)
    {
        var before = server.Resident();
        var stalled = new List<Socket>();
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
            await socket.ConnectAsync(IPAddress.Loopback, url.Port);
            await socket.SendAsync(Reader.Request(url, "stalled"));
            stalled.Add(socket);
        }

        var started = Stopwatch.GetTimestamp();
        var peak = 0L;
        for (var number = 1; number <= 800; number++)
        {
            await PublishAsync(http, "stalled", number, new string('x', 16_384));
            peak = Math.Max(peak, server.Resident());
        }

        var cut = 0L;
        while (cut < count && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(2))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            peak = Math.Max(peak, server.Resident());
            cut = await StalledAsync(http);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} stalled readers of 13 MB: {cut} cut off within {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s; resident at most {(peak - before) >> 20} MiB more meanwhile"));
        stalled.ForEach(socket => socket.Dispose());
    }

    private static async Task<long> StalledAsync(HttpClient http)
    {
        var metrics = await http.GetStringAsync("/metrics");
        var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith("orc_http_event_streams_stalled", StringComparison.Ordinal));
        return line is null ? 0 : (long)double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    private static async Task<List<Reader>> ConnectAsync(Uri url, string topic, int count)
    {
        var readers = new List<Reader>(count);
        foreach (var batch in Enumerable.Range(0, count).Chunk(200))
        {
            readers.AddRange(await Task.WhenAll(batch.Select(_ => Reader.ConnectAsync(url, topic))));
        }

        return readers;
    }

    private static async Task PublishAsync(HttpClient http, string topic, int number, string filling)
    {
        using var response = await http.PostAsJsonAsync(
            $"/api/v1/topics/{topic}/events", new { specversion = "1.0", id = $"e{number}", source = "/bench", type = "tick", data = new { number, filling } });
        response.EnsureSuccessStatusCode();
    }

    private static async Task Until(Func<bool> done, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!done())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(3))
            {
                throw new InvalidOperationException($"Not everybody has everything three minutes after {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private static double At(List<long> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))] * 1_000.0 / Stopwatch.Frequency;

    /// <summary>One subscriber.</summary>
    private sealed class Reader : IDisposable
    {
        private static readonly byte[] Mark = "\"topicnumber\":"u8.ToArray();

        private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] buffer = new byte[4_096];
        private int kept;
        private int from;

        public int Last { get; private set; }

        public long[] Arrived { get; private set; } = [];

        public static byte[] Request(Uri url, string topic) =>
            Encoding.ASCII.GetBytes($"GET /api/v1/events?topics={topic} HTTP/1.1\r\nHost: {url.Authority}\r\nAccept: text/event-stream\r\n\r\n");

        public static async Task<Reader> ConnectAsync(Uri url, string topic)
        {
            var reader = new Reader();
            await reader.socket.ConnectAsync(IPAddress.Loopback, url.Port);
            await reader.socket.SendAsync(Request(url, topic));

            // The place that a stream tells at its beginning says that it stands.
            var text = "";
            while (!text.Contains("id: ", StringComparison.Ordinal))
            {
                var length = await reader.socket.ReceiveAsync(reader.buffer);
                text += length > 0 ? Encoding.ASCII.GetString(reader.buffer, 0, length) : throw new InvalidOperationException($"The server ended a stream: {text}");
            }

            _ = reader.ReadAsync();
            return reader;
        }

        public void Expect(int after, int events) => (from, Arrived) = (after, new long[events]);

        public void Dispose() => socket.Dispose();

        private async Task ReadAsync()
        {
            try
            {
                while (true)
                {
                    var length = await socket.ReceiveAsync(buffer.AsMemory(kept));
                    if (length == 0)
                    {
                        return;
                    }

                    Look(kept + length, Stopwatch.GetTimestamp());
                }
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // The run is over.
            }
        }

        private void Look(int length, long now)
        {
            var text = buffer.AsSpan(0, length);
            while (text.IndexOf(Mark) is var at and >= 0 && text[(at + Mark.Length)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var digits and > 0)
            {
                var number = int.Parse(text.Slice(at + Mark.Length, digits), NumberStyles.None, CultureInfo.InvariantCulture);
                if (number != Last + 1)
                {
                    Environment.FailFast($"A subscriber that had event {Last} got {number}.");
                }

                Last = number;
                if (number - from - 1 is var index and >= 0 && index < Arrived.Length)
                {
                    Arrived[index] = now;
                }

                text = text[(at + Mark.Length + digits)..];
            }

            // What may be the beginning of a mark waits for the rest.
            kept = Math.Min(text.Length, Mark.Length + 20);
            text[^kept..].CopyTo(buffer);
        }
    }
}
