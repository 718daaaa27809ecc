using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Benchmarks;

/// <summary>From the moment a task is submitted over HTTP until its agent is called: what the server takes at most, then the times at half of that.</summary>
/// <remarks>
/// The server is a process of its own; the client and the agent, an HTTP service that answers at once, are this one, so that one clock sees both ends. All share the
/// machine. At half load requests are sent at times that were fixed before, whatever becomes of the earlier ones, and are timed from those times: a pause of the server
/// counts for everybody who would have come in it.
/// </remarks>
internal static class TaskDispatches
{
    private const int Connections = 64;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    public static async Task RunAsync(string[] arguments)
    {
        await using var server = await BenchmarkServer.StartAsync(arguments.ElementAtOrDefault(0), arguments.ElementAtOrDefault(1), "--Outbound:AllowLoopback", "true");
        await using var agent = await Agent.StartAsync();
        await ShowAsync(server, agent, "noop");
    }

    private static async Task ShowAsync(BenchmarkServer server, Agent agent, string pattern)
    {
        await PostAsync(server.Http, "/api/v1/agents", new { name = pattern, instances = new[] { new { endpoint = agent.Url } }, concurrency = 512 });
        await PostAsync(server.Http, "/api/v1/routes", new { pattern, targetAgent = pattern });
        var before = server.Resident();
        using var client = new Client(server.Url, pattern);
        await ClosedLoopAsync(client, Warm);
        var (accepted, elapsed) = await ClosedLoopAsync(client, Measured);
        var most = accepted / elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Connections} connections, each as fast as it is answered: {most:F0} accepted/s"));
        await agent.UntilAsync(client.Sent);
        foreach (var share in (double[])[0.5, 0.25, 0.1])
        {
            await OpenLoopAsync(client, agent, most * share, share);
        }

        // What a task leaves in memory: nothing is in flight any more, everything is kept in the store.
        var (resident, sent) = (server.Resident(), client.Sent);
        await ClosedLoopAsync(client, Measured);
        await agent.UntilAsync(client.Sent);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"resident {before >> 20} MiB at first, {resident >> 20} MiB after {sent} tasks, {server.Resident() >> 20} MiB after {client.Sent}"));
    }

    private static async Task<(long Accepted, TimeSpan Elapsed)> ClosedLoopAsync(Client client, TimeSpan lasting)
    {
        var (began, accepted) = (Stopwatch.GetTimestamp(), 0L);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(began) < lasting)
            {
                await client.SubmitAsync();
                Interlocked.Increment(ref accepted);
            }
        }));
        return (accepted, Stopwatch.GetElapsedTime(began));
    }

    private static async Task OpenLoopAsync(Client client, Agent agent, double rate, double share)
    {
        agent.Forget();
        var (planned, answered) = (new ConcurrentDictionary<long, long>(), new ConcurrentBag<double>());
        var (began, sent, running) = (Stopwatch.GetTimestamp(), 0L, new List<Task>());
        while (Stopwatch.GetElapsedTime(began) is var now && now < Measured)
        {
            for (; sent < now.TotalSeconds * rate; sent++)
            {
                var at = began + (long)(sent / rate * Stopwatch.Frequency);
                running.Add(SubmitAsync(at));
            }

            await Task.Delay(Tick);
        }

        await Task.WhenAll(running);
        await agent.UntilAsync(client.Sent);
        var dispatched = planned.Select(pair => Stopwatch.GetElapsedTime(pair.Value, agent.CalledAt(pair.Key)).TotalMilliseconds).Order().ToArray();
        var answers = answered.Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{share,4:P0} of that, {rate:F0}/s: accepted after p50 {At(answers, 0.5):F1}, p95 {At(answers, 0.95):F1}, p99 {At(answers, 0.99):F1} ms; its agent called after p50 {At(dispatched, 0.5):F1}, p95 {At(dispatched, 0.95):F1}, p99 {At(dispatched, 0.99):F1} ms"));

        async Task SubmitAsync(long at)
        {
            planned[await client.SubmitAsync()] = at;
            answered.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }
    }

    private static double At(double[] sorted, double share) => sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];

    private static async Task PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Submits tasks that carry their number.</summary>
    private sealed class Client(Uri url, string pattern) : IDisposable
    {
        private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = url };
        private long sent;

        public long Sent => Interlocked.Read(ref sent);

        public async Task<long> SubmitAsync()
        {
            var number = Interlocked.Increment(ref sent);
            using var body = new StringContent(
                string.Create(CultureInfo.InvariantCulture, $$"""{"pattern":"{{pattern}}","payload":{"number":{{number}} } }"""), Encoding.UTF8, "application/json");
            using var response = await http.PostAsync("/orchestrate", body);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
            return number;
        }

        public void Dispose() => http.Dispose();
    }

    /// <summary>Answers at once, and knows when each task came first.</summary>
    private sealed class Agent(WebApplication application) : IAsyncDisposable
    {
        private static readonly byte[] Mark = "\"number\":"u8.ToArray();
        private static readonly byte[] Answer = "{}"u8.ToArray();
        private ConcurrentDictionary<long, long> called = new();
        private long count;

        public string Url => application.Urls.First();

        public static async Task<Agent> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var agent = new Agent(builder.Build());
            agent.Map();
            await agent.Start();
            return agent;
        }

        public void Forget() => called = new();

        public long CalledAt(long number) => called[number];

        /// <summary>Completes when as many tasks have come as were sent.</summary>
        public async Task UntilAsync(long sent)
        {
            var began = Stopwatch.GetTimestamp();
            while (Interlocked.Read(ref count) < sent)
            {
                if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(2))
                {
                    throw new InvalidOperationException($"The agent was called {count} times, for {sent} tasks.");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }

        public ValueTask DisposeAsync() => application.DisposeAsync();

        private Task Start() => application.StartAsync();

        private void Map() => application.Run(async context =>
        {
            var now = Stopwatch.GetTimestamp();
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            if (Number(body.GetBuffer().AsSpan(0, (int)body.Length)) is { } number && called.TryAdd(number, now))
            {
                Interlocked.Increment(ref count);
            }

            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(Answer);
        });

        private static long? Number(ReadOnlySpan<byte> body) =>
            body.IndexOf(Mark) is var at and >= 0 && System.Buffers.Text.Utf8Parser.TryParse(body[(at + Mark.Length)..], out long number, out _) ? number : null;
    }
}
