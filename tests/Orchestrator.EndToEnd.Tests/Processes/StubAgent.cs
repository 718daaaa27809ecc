using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orchestrator.EndToEnd.Tests.Processes;

/// <summary>An agent that outlives the orchestrator: it keeps account of every call, and answers when the test lets it.</summary>
public sealed class StubAgent : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<StubCall> calls = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> held = new();
    private readonly ConcurrentDictionary<string, bool> later = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Step, int Times), TaskCompletionSource> called = new();
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);

    private StubAgent(WebApplication app) => this.app = app;

    public string Endpoint => app.Urls.First() + "/work";

    public IReadOnlyList<StubCall> Calls => [.. calls];

    public static async Task<StubAgent> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(server => server.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var stub = new StubAgent(app);
        app.MapPost("/work", (Delegate)stub.AnswerAsync);
        await app.StartAsync();
        return stub;
    }

    /// <summary>Calls of this step get no answer until they are released.</summary>
    public void Hold(string step) => held[step] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls of this step are taken on (202); the test completes them.</summary>
    public void AnswerLater(string step) => later[step] = true;

    public void Release(string step) => held[step].TrySetResult();

    /// <summary>Waits until the step has called so many times.</summary>
    public Task CalledAsync(string step, int times = 1) => Called(step, times).Task.WaitAsync(OrcProcess.Patience);

    public async ValueTask DisposeAsync()
    {
        foreach (var waiting in held.Values)
        {
            waiting.TrySetResult();
        }

        await app.DisposeAsync();
    }

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        var context = body.RootElement.GetProperty("context");
        var step = context.GetProperty("stepId").GetString()!;
        calls.Enqueue(new StubCall(step, http.Request.Headers["Idempotency-Key"].ToString(), context.GetProperty("attempt").GetInt32(), http.Request.Headers["Orchestrator-Completion-Token"].ToString()));
        Called(step, counts.AddOrUpdate(step, 1, (_, count) => count + 1)).TrySetResult();
        if (later.ContainsKey(step))
        {
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }

        if (held.TryGetValue(step, out var waiting))
        {
            await waiting.Task.WaitAsync(http.RequestAborted);
        }

        return Results.Json(new { did = step, got = body.RootElement.GetProperty("input").Clone() });
    }

    private TaskCompletionSource Called(string step, int times) => called.GetOrAdd((step, times), _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}

public sealed record StubCall(string Step, string IdempotencyKey, int Attempt, string Token);
