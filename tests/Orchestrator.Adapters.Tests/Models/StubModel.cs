using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Adapters.Tests.Agents;

namespace Orchestrator.Adapters.Tests.Models;

/// <summary>A real HTTP server that speaks the protocol of chat completions: it gives the answers it was handed, one after the other, and keeps what it was asked.</summary>
internal sealed class StubModel : IAsyncDisposable
{
    private readonly ConcurrentQueue<RequestDelegate> answers = [];
    private StubAgent server = null!;

    /// <summary>The base of the API, as a registration names it.</summary>
    public string Endpoint => server.Address + "v1";

    public ConcurrentQueue<(JsonElement Body, IHeaderDictionary Headers)> Asked { get; } = [];

    public static async Task<StubModel> StartAsync()
    {
        var stub = new StubModel();
        stub.server = await StubAgent.StartAsync(stub.HandleAsync);
        return stub;
    }

    /// <summary>What was asked, as <c>role: content</c>, for the request of this number from 0.</summary>
    public string[] Messages(int request) =>
        [.. Asked.ElementAt(request).Body.GetProperty("messages").EnumerateArray().Select(message => $"{message.GetProperty("role").GetString()}: {message.GetProperty("content").GetString()}")];

    public string[] Models() => [.. Asked.Select(asked => asked.Body.GetProperty("model").GetString()!)];

    public StubModel Then(RequestDelegate answer)
    {
        answers.Enqueue(answer);
        return this;
    }

    /// <summary>Answers with a status and a body.</summary>
    public StubModel ThenStatus(int status, string body = """{"error": {"message": "no"}}""", string? retryAfter = null) => Then(async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.RetryAfter = retryAfter;
        await context.Response.WriteAsync(body);
    });

    /// <summary>Says a text, whole or in pieces, as it was asked to.</summary>
    public StubModel ThenSays(string text, string finish = "stop", int tokensIn = 10, int tokensOut = 5) => Then(context => IsStreamed()
        ? StreamAsync(context, [.. Pieces(text).Select(Piece), Last(finish), Usage(tokensIn, tokensOut), "data: [DONE]\n\n"])
        : WriteAsync(context, Whole(new { role = "assistant", content = text }, finish, tokensIn, tokensOut)));

    /// <summary>Calls tools, each as name and arguments.</summary>
    public StubModel ThenCalls(params (string Name, string Arguments)[] calls) => Then(context =>
    {
        if (!IsStreamed())
        {
            return WriteAsync(context, Whole(
                new { role = "assistant", content = (string?)null, tool_calls = calls.Select((call, i) => new { id = $"c{i}", type = "function", function = new { name = call.Name, arguments = call.Arguments } }) },
                "tool_calls", 10, 5));
        }

        // As hosted models do it: the name with the first piece, the arguments letter by letter, the calls told apart by their index.
        var begin = calls.Select((call, i) => Delta(new { tool_calls = new[] { new { index = i, id = $"c{i}", type = "function", function = new { name = call.Name, arguments = "" } } } }));
        var rest = calls.SelectMany((call, i) => call.Arguments.Select(letter => Delta(new { tool_calls = new[] { new { index = i, function = new { arguments = letter.ToString() } } } })));
        return StreamAsync(context, [.. begin, .. rest, Last("tool_calls"), Usage(10, 5), "data: [DONE]\n\n"]);
    });

    /// <summary>Sends these bytes of a stream, each in a packet of its own, and ends.</summary>
    public StubModel ThenStreams(params byte[][] packets) => Then(async context =>
    {
        Begin(context);
        foreach (var packet in packets)
        {
            await context.Response.Body.WriteAsync(packet);
            await context.Response.Body.FlushAsync();
        }
    });

    /// <summary>Begins to answer, says that it has, and then nothing more until it is left.</summary>
    public StubModel ThenHangs(TaskCompletionSource hanging, string? after = null) => Then(async context =>
    {
        if (after is not null)
        {
            Begin(context);
            await context.Response.WriteAsync(after);
            await context.Response.Body.FlushAsync();
        }

        hanging.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
    });

    public static string Piece(string text) => Delta(new { content = text });

    public static string Delta(object delta) => Event(new { id = "x", @object = "chat.completion.chunk", model = "answered-by", choices = new[] { new { index = 0, delta, finish_reason = (string?)null } } });

    public static string Last(string finish) => Event(new { model = "answered-by", choices = new[] { new { index = 0, delta = new { }, finish_reason = finish } } });

    public static string Usage(int tokensIn, int tokensOut) =>
        Event(new { model = "answered-by", choices = Array.Empty<object>(), usage = new { prompt_tokens = tokensIn, completion_tokens = tokensOut } });

    public static string Whole(object message, string finish = "stop", int tokensIn = 10, int tokensOut = 5) => JsonSerializer.Serialize(new
    {
        id = "x",
        model = "answered-by",
        choices = new[] { new { index = 0, message, finish_reason = finish } },
        usage = new { prompt_tokens = tokensIn, completion_tokens = tokensOut },
    });

    public static Task WriteAsync(HttpContext context, string body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static string Event(object value) => $"data: {JsonSerializer.Serialize(value)}\n\n";

    private static IEnumerable<string> Pieces(string text)
    {
        var words = text.Split(' ');
        return words.Select((word, i) => i == 0 ? word : " " + word);
    }

    private static void Begin(HttpContext context) => context.Response.ContentType = "text/event-stream";

    private static async Task StreamAsync(HttpContext context, string[] events)
    {
        Begin(context);
        foreach (var one in events)
        {
            await context.Response.WriteAsync(one);
            await context.Response.Body.FlushAsync();
        }
    }

    private bool IsStreamed() => Asked.Last().Body.TryGetProperty("stream", out var stream) && stream.GetBoolean();

    private async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path != "/v1/chat/completions" || context.Request.Method != "POST")
        {
            context.Response.StatusCode = 404;
            return;
        }

        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        using var body = JsonDocument.Parse(await reader.ReadToEndAsync(context.RequestAborted));
        Asked.Enqueue((body.RootElement.Clone(), new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value))));
        if (!answers.TryDequeue(out var answer))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Request {Asked.Count} was not expected."));
        }

        await answer(context);
    }
}
