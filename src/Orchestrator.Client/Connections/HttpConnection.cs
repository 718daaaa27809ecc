using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Orchestrator.Client.Blobs;
using Orchestrator.Client.Workflows;

namespace Orchestrator.Client.Connections;

/// <summary>A server, over its API (docs/api.md).</summary>
/// <remarks>Each command carries one <c>Idempotency-Key</c> through all its attempts: one that arrived, and whose answer was lost, is not done twice.</remarks>
public sealed class HttpConnection : IOrchestratorConnection, IDisposable
{
    /// <summary>What an attempt at a blob may take beyond <see cref="OrchestratorClientOptions.AttemptTimeout"/>: its bytes need their time.</summary>
    private static readonly TimeSpan BlobTimeMax = TimeSpan.FromMinutes(10);

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly OrchestratorClientOptions options;
    private readonly ReconnectPolicy reconnect;
    private readonly TimeProvider clock;
    private readonly HttpClient http;

    /// <param name="handler">Sends the requests; null for one that follows no redirects.</param>
    /// <exception cref="ArgumentException">The options name no server.</exception>
    public HttpConnection(OrchestratorClientOptions options, ReconnectPolicy reconnect, TimeProvider clock, HttpMessageHandler? handler = null)
    {
        (this.options, this.reconnect, this.clock) = (options, reconnect, clock);
        var server = options.Server ?? throw new ArgumentException("The address of the server is missing: set Server, such as http://127.0.0.1:8080.", nameof(options));

        // Answers are timed by attempt: a stream of events has no end to wait for.
        http = new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = !server.IsLoopback, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = new Uri(server.GetLeftPart(UriPartial.Authority) + "/api/v1/"),
            MaxResponseContentBufferSize = options.AnswerBytesMax,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (options.ApiKey is { } key)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public async Task<string> StartAsync(StartMessage start, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { start.Plan, start.Input, start.Options.Priority, Tags = start.Options.Tags ?? new Dictionary<string, string>(), start.Options.Id }, WithoutNulls);
        var (_, answer) = await SendAsync(HttpMethod.Post, "workflows", body, start.Key, cancellationToken);
        using var accepted = JsonDocument.Parse(answer);
        return accepted.RootElement.GetProperty("id").GetString()!;
    }

    public async Task<WorkflowSnapshot?> FindAsync(string id, TimeSpan patience, CancellationToken cancellationToken)
    {
        var wait = patience >= TimeSpan.FromSeconds(1) ? FormattableString.Invariant($"?wait={(int)Math.Min(30, patience.TotalSeconds)}") : "";
        var (status, answer) = await SendAsync(HttpMethod.Get, AddressOf(id) + wait, null, null, cancellationToken, welcome: HttpStatusCode.NotFound, longer: patience);
        return status == HttpStatusCode.NotFound ? null : WorkflowSnapshot.Parse(answer);
    }

    public async IAsyncEnumerable<WorkflowEvent> ReadEventsAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, FormattableString.Invariant($"{AddressOf(id)}/events?after={after}"));
        using var response = await BreaksAsync(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            yield break;
        }

        if (!response.IsSuccessStatusCode)
        {
            var refused = Problem(response.StatusCode, await BreaksAsync(() => response.Content.ReadAsByteArrayAsync(cancellationToken), cancellationToken));
            throw refused.Retryable || IsPassing(response.StatusCode) ? new ConnectionBrokenException(refused.Message, refused) : refused;
        }

        await using var stream = await BreaksAsync(() => response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);
        await using var events = SseParser.Create(stream, (_, utf8) => utf8.ToArray()).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var any = false;
        while (await BreaksAsync(() => events.MoveNextAsync().AsTask(), cancellationToken))
        {
            if (events.Current.EventType == "reset")
            {
                throw new OrchestratorException("events.reset", $"Workflow '{id}' has no event number {after}: its history is shorter. Read the workflow and go on after its version.");
            }

            any = true;
            yield return WorkflowEvent.Parse(events.Current.Data);
        }

        if (!any)
        {
            throw new ConnectionBrokenException($"The stream of workflow '{id}' ended before its workflow did.");
        }
    }

    public Task CommandAsync(string id, WorkflowCommand command, CancellationToken cancellationToken) => command switch
    {
        WorkflowCommand.Cancel cancel => PostAsync(id, "cancel", new { cancel.Reason }, null, cancellationToken),
        WorkflowCommand.Pause pause => PostAsync(id, "pause", new { pause.Reason }, null, cancellationToken),
        WorkflowCommand.Resume resume => PostAsync(id, "resume", new { resume.Reason }, null, cancellationToken),
        WorkflowCommand.Signal signal => PostAsync(id, "signals/" + Uri.EscapeDataString(signal.Name), signal.Content, signal.MessageId, cancellationToken),
        WorkflowCommand.Decide decide => PostAsync(
            id, "approvals/" + Uri.EscapeDataString(decide.Step), new { Decision = decide.Approved ? "approve" : "reject", decide.Reason, decide.By }, null, cancellationToken),
        _ => throw new ArgumentException($"A command of the kind '{command.GetType().Name}' is unknown here.", nameof(command)),
    };

    public async Task<string> ExplainAsync(string id, CancellationToken cancellationToken)
    {
        var (_, answer) = await SendAsync(HttpMethod.Get, AddressOf(id) + "/explain", null, null, cancellationToken);
        using var explanation = JsonDocument.Parse(answer);
        return explanation.RootElement.GetProperty("sentence").GetString()!;
    }

    public async Task<BlobLink> PutBlobAsync(Stream content, string contentType, CancellationToken cancellationToken)
    {
        var start = content.CanSeek ? content.Position : 0;
        var (_, answer) = await SendContentAsync(
            HttpMethod.Post, "blobs", () => new BlobBody(content, start, contentType), null, cancellationToken, longer: BlobTimeMax, attemptsMax: content.CanSeek ? options.AttemptsMax : 1);
        return JsonSerializer.Deserialize<BlobLink>(answer, ClientJson.Options)!;
    }

    public async Task ReadBlobAsync(string digest, Stream destination, CancellationToken cancellationToken)
    {
        using var response = await BreaksAsync(() => http.GetAsync("blobs/" + Uri.EscapeDataString(digest), HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw Problem(response.StatusCode, await BreaksAsync(() => response.Content.ReadAsByteArrayAsync(cancellationToken), cancellationToken));
        }

        await response.Content.CopyToAsync(destination, cancellationToken);
    }

    public void Dispose() => http.Dispose();

    private static JsonSerializerOptions WithoutNulls { get; } = new(ClientJson.Options) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private static string AddressOf(string id) => "workflows/" + Uri.EscapeDataString(id);

    private Task PostAsync(string id, string what, object body, string? key, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{AddressOf(id)}/{what}", JsonSerializer.SerializeToUtf8Bytes(body, WithoutNulls), key ?? reconnect.NewId(), cancellationToken);

    private Task<(HttpStatusCode Status, byte[] Body)> SendAsync(
        HttpMethod method, string path, byte[]? json, string? key, CancellationToken cancellationToken, HttpStatusCode? welcome = null, TimeSpan longer = default) =>
        SendContentAsync(
            method, path, () => json is null ? null : new ByteArrayContent(json) { Headers = { ContentType = Json } }, key, cancellationToken, welcome, longer, options.AttemptsMax);

    private async Task<(HttpStatusCode Status, byte[] Body)> SendContentAsync(
        HttpMethod method, string path, Func<HttpContent?> content, string? key, CancellationToken cancellationToken, HttpStatusCode? welcome = null, TimeSpan longer = default, int attemptsMax = 1)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            OrchestratorException failure;
            using var timeout = new CancellationTokenSource(options.AttemptTimeout + longer, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var request = new HttpRequestMessage(method, path) { Content = content() };
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", $"\"{key}\"");
            }

            try
            {
                using var response = await BreaksAsync(() => http.SendAsync(request, either.Token), cancellationToken);
                var body = await BreaksAsync(() => response.Content.ReadAsByteArrayAsync(either.Token), cancellationToken);
                if (response.IsSuccessStatusCode || response.StatusCode == welcome)
                {
                    return (response.StatusCode, body);
                }

                failure = Problem(response.StatusCode, body);
                asked = response.Headers.RetryAfter?.Delta;
                if (!(failure.Retryable || IsPassing(response.StatusCode)) || asked > options.RetryAfterMax)
                {
                    throw failure;
                }
            }
            catch (ConnectionBrokenException broken)
            {
                failure = new OrchestratorException(OrchestratorException.Unreachable, $"No answer from {http.BaseAddress!.GetLeftPart(UriPartial.Authority)}: {broken.Message}", retryable: true, cause: broken);
            }

            if (attempt >= attemptsMax)
            {
                throw failure;
            }

            await reconnect.PauseAsync(attempt, cancellationToken, asked ?? TimeSpan.Zero);
        }
    }

    // Gateways say these without a problem of ours.
    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static async Task<T> BreaksAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ConnectionBrokenException(broken is OperationCanceledException ? "It took longer than an attempt may." : broken.Message, broken);
        }
    }

    /// <summary>Reads problem+json; a server that answers otherwise is named by its status.</summary>
    private static OrchestratorException Problem(HttpStatusCode status, byte[] body)
    {
        try
        {
            if (JsonSerializer.Deserialize<ProblemMessage>(body, ClientJson.Options) is { Code: { } code } problem)
            {
                return new(code, problem.Detail ?? problem.Title ?? code, problem.Retryable, [.. (problem.Errors ?? []).Select(error => string.Join(' ', new[] { error.Pointer, error.Detail }.OfType<string>()))]);
            }
        }
        catch (JsonException)
        {
            // Something between us and the server answered.
        }

        return new($"http.{(int)status}", $"The server answered {(int)status} {status}.");
    }

    private sealed record ProblemMessage(string? Code, string? Title, string? Detail, bool Retryable, IReadOnlyList<ProblemError>? Errors);

    private sealed record ProblemError(string? Pointer, string? Detail);
}
