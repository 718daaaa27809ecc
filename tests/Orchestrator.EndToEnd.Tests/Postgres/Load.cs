using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Orchestrator.EndToEnd.Tests.Postgres;

/// <summary>Callers that start workflows as fast as they are answered, and ask again, under the same key, until they are.</summary>
internal sealed class Load
{
    private const int Callers = 6;

    private const string Plan = """
        "plan": {"id": "lunch", "steps": [
          {"id": "shop", "agentId": "cook", "action": "shop"},
          {"id": "soup", "agentId": "cook", "action": "cook", "dependencies": ["shop"]},
          {"id": "serve", "agentId": "cook", "action": "serve", "dependencies": ["soup"]}]}
        """;

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient http;
    private readonly CancellationTokenSource enough = new();
    private readonly Task callers;
    private int keys;
    private int answers;

    public Load(HttpClient http)
    {
        this.http = http;
        callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync()));
    }

    /// <summary>Each key that was answered with 2xx, and every id it was ever answered with.</summary>
    public ConcurrentDictionary<string, ConcurrentBag<string>> Acknowledged { get; } = new();

    /// <summary>Answers that were no 2xx, by status; 0 stands for a connection that broke.</summary>
    public ConcurrentDictionary<int, int> Refused { get; } = new();

    /// <summary>Refusals that did not say that asking again is right.</summary>
    public ConcurrentBag<string> Unkind { get; } = [];

    public int Answers => answers;

    /// <summary>Begins no new workflow; completes when every one that was begun is acknowledged.</summary>
    public async Task StopAsync()
    {
        await enough.CancelAsync();
        await callers;
        enough.Dispose();
    }

    /// <summary>Waits until so many have been acknowledged from now on.</summary>
    public async Task MoreAsync(int count)
    {
        for (var wanted = Acknowledged.Count + count; Acknowledged.Count < wanted;)
        {
            await Task.WhenAny(callers, Task.Delay(AskAgainAfter, TimeProvider.System));
            if (callers.IsCompleted)
            {
                await callers;
                throw new InvalidOperationException("The callers have stopped.");
            }
        }
    }

    private async Task CallAsync()
    {
        while (!enough.IsCancellationRequested)
        {
            var key = Interlocked.Increment(ref keys).ToString(CultureInfo.InvariantCulture);
            while (!await AcknowledgedAsync(key))
            {
                await Task.Delay(AskAgainAfter, TimeProvider.System);
            }

            // A caller that lost the answer asks again; so does one in eight that did not.
            if (key.EndsWith('7'))
            {
                await AcknowledgedAsync(key);
            }
        }
    }

    private async Task<bool> AcknowledgedAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "workflows")
        {
            Content = new StringContent("{" + Plan + $", \"tags\": {{\"key\": \"{key}\"}}}}", System.Text.Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", key } },
        };
        try
        {
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>();
            Interlocked.Increment(ref answers);
            if (response.IsSuccessStatusCode)
            {
                Acknowledged.GetOrAdd(key, _ => []).Add(body.GetProperty("id").GetString()!);
                return true;
            }

            Refused.AddOrUpdate((int)response.StatusCode, 1, (_, count) => count + 1);
            if (!body.TryGetProperty("retryable", out var retryable) || !retryable.GetBoolean()
                || (response.StatusCode == HttpStatusCode.ServiceUnavailable && response.Headers.RetryAfter is null))
            {
                Unkind.Add(body.ToString());
            }
        }
        catch (HttpRequestException)
        {
            Refused.AddOrUpdate(0, 1, (_, count) => count + 1);
        }

        return false;
    }
}
