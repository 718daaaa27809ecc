using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Orchestrator.EndToEnd.Tests.Cluster;

/// <summary>Starts workflows at a steady rate, as a careful caller does: one idempotency key each, sent again until it is accepted.</summary>
public sealed class SteadyLoad(HttpClient http, Func<int, object> request, int perSecond)
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<int, string> accepted = new();
    private readonly ConcurrentBag<TimeSpan> latencies = [];
    private int refused;
    private int broken;
    private int moved;

    /// <summary>The workflow that each request started.</summary>
    public IReadOnlyDictionary<int, string> Accepted => accepted;

    /// <summary>Answers 429, 503 and 504: come again.</summary>
    public int Refused => refused;

    /// <summary>Requests that got no answer.</summary>
    public int Broken => broken;

    /// <summary>Requests whose key was answered with two workflows; must stay 0.</summary>
    public int Moved => moved;

    /// <summary>From the first try of a request to its acceptance, at the given share of requests.</summary>
    public TimeSpan Latency(double share) => latencies.Order().ElementAt((int)(share * (latencies.Count - 1)));

    /// <summary>Sends until it is told to stop, then waits for those under way.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var sent = new List<Task>();
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        try
        {
            for (var number = 0; await beat.WaitForNextTickAsync(stop); number++)
            {
                sent.Add(StartAsync(number));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        await Task.WhenAll(sent);
    }

    private async Task StartAsync(int number)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var message = new HttpRequestMessage(HttpMethod.Post, "workflows") { Content = JsonContent.Create(request(number)) };
                message.Headers.Add("Idempotency-Key", number.ToString("'load-'0", CultureInfo.InvariantCulture));
                using var answer = await http.SendAsync(message);
                if (answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK)
                {
                    var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
                    Keep(number, id);
                    latencies.Add(TimeProvider.System.GetElapsedTime(began));
                    return;
                }

                answer.StatusCode.ShouldBeOneOf(HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout);
                Interlocked.Increment(ref refused);
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                Interlocked.Increment(ref broken);
            }

            await Task.Delay(Again, TimeProvider.System);
        }
    }

    private void Keep(int number, string id)
    {
        if (!string.Equals(accepted.GetOrAdd(number, id), id, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref moved);
        }
    }
}
