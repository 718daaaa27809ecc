using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orchestrator.EndToEnd.Tests.Cluster;

/// <summary>An agent outside the cluster that takes as long as its input says, and has an effect once for each idempotency key.</summary>
public sealed class CountingAgent : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, int> calls = new(StringComparer.Ordinal);
    private int underWay;
    private int underWayMost;

    private CountingAgent(WebApplication app) => this.app = app;

    public string Endpoint => app.Urls.First() + "/work";

    /// <summary>Distinct keys: what an agent that heeds them has really done.</summary>
    public int Effects => calls.Count;

    /// <summary>Calls that repeated one whose answer was lost with a silo.</summary>
    public int Repeats => calls.Values.Sum() - calls.Count;

    /// <summary>The most calls it saw at one moment, those of a silo that died included until their connection broke.</summary>
    public int UnderWayMost => underWayMost;

    public static async Task<CountingAgent> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(server => server.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var agent = new CountingAgent(app);
        app.MapPost("/work", (Delegate)agent.AnswerAsync);
        await app.StartAsync();
        return agent;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        var takes = body.RootElement.GetProperty("input").GetProperty("takes").GetInt32();
        calls.AddOrUpdate(http.Request.Headers["Idempotency-Key"].ToString(), 1, (_, count) => count + 1);
        var now = Interlocked.Increment(ref underWay);
        InterlockedMax(ref underWayMost, now);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(takes), TimeProvider.System, http.RequestAborted);
            return Results.Json(new { took = takes });
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
