using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Cli.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Cli.Doors;

/// <summary>A running server, over its API.</summary>
internal sealed class ServerDoor : IWorkflowDoor
{
    /// <summary>A request that got no answer is sent again so often; all of them are safe to repeat.</summary>
    private const int AttemptsMax = 6;

    private const int AnswerBytesMax = 256 * 1024 * 1024;

    private static readonly TimeSpan RestFirst = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient http;
    private readonly TimeProvider clock;

    /// <param name="apiKey">Shown with every request; null for none.</param>
    public ServerDoor(Uri server, string? apiKey, TimeProvider clock)
    {
        this.clock = clock;
        Place = server.GetLeftPart(UriPartial.Authority);
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = !server.IsLoopback })
        {
            BaseAddress = new Uri(Place + "/api/v1/"),
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
        if (apiKey is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }
    }

    public string Place { get; }

    public bool OutlivesUs => true;

    public async Task<string> StartAsync(Plan plan, Payload input, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WritePropertyName("plan");
            json.WriteRawValue(WorkflowText.Write(plan).Utf8.Span);
            json.WritePropertyName("input");
            json.WriteRawValue(input.Utf8.Span);
            json.WriteEndObject();
        }

        var answer = await SendAsync(HttpMethod.Post, "workflows", body.ToArray(), cancellationToken);
        using var accepted = JsonDocument.Parse(answer.Body);
        return accepted.RootElement.GetProperty("id").GetString()!;
    }

    public async Task<Payload> PutFileAsync(FileInfo file, string contentType, CancellationToken cancellationToken)
    {
        var answer = await SendContentAsync(
            HttpMethod.Post, "blobs", () => new StreamContent(file.OpenRead()) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } }, cancellationToken);
        return Payload.FromTrustedUtf8(answer.Body);
    }

    public async Task<WorkflowDocument?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, "workflows/" + Uri.EscapeDataString(id), null, cancellationToken, welcome: HttpStatusCode.NotFound);
        return answer.Status == HttpStatusCode.NotFound ? null : WorkflowDocument.Parse(answer.Body);
    }

    public async Task WaitForChangeAsync(string id, long version, CancellationToken cancellationToken)
    {
        try
        {
            var address = FormattableString.Invariant($"workflows/{Uri.EscapeDataString(id)}/events?after={version}");
            using var stream = await http.GetStreamAsync(address, cancellationToken);
            await foreach (var _ in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            {
                return;
            }
        }
        catch (Exception away) when (away is HttpRequestException or IOException)
        {
            // The stream broke, perhaps with its server. The next read of the workflow tells, and has patience with a restart.
            await Task.Delay(RestFirst, clock, cancellationToken);
        }
    }

    public async Task<string?> ExplainAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, $"workflows/{Uri.EscapeDataString(id)}/explain", null, cancellationToken);
        using var explanation = JsonDocument.Parse(answer.Body);
        return explanation.RootElement.GetProperty("sentence").GetString();
    }

    public Task DecideApprovalAsync(string id, string step, bool approved, CancellationToken cancellationToken) =>
        DecideAsync(id, step, approved ? "approve" : "reject", by: null, reason: null, cancellationToken);

    /// <param name="decision"><c>approve</c> or <c>reject</c>.</param>
    /// <param name="by">Who decides; kept as claimed.</param>
    public Task<ServerAnswer> DecideAsync(string id, string step, string decision, string? by, string? reason, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        $"workflows/{Uri.EscapeDataString(id)}/approvals/{Uri.EscapeDataString(step)}",
        JsonSerializer.SerializeToUtf8Bytes(new { decision, by, reason }),
        cancellationToken);

    /// <summary>Sends one request, again where it got no answer, and gives a good answer or fails with what the server said.</summary>
    /// <param name="welcome">A status beside 2xx that is an answer too.</param>
    /// <param name="ifMatch">The version that is meant, or <c>*</c>.</param>
    public Task<ServerAnswer> SendAsync(
        HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken, HttpStatusCode? welcome = null, string? ifMatch = null) => SendContentAsync(
        method, path, () => json is null ? null : new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } }, cancellationToken, welcome, ifMatch);

    private async Task<ServerAnswer> SendContentAsync(
        HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancellationToken, HttpStatusCode? welcome = null, string? ifMatch = null)
    {
        // One key for all tries: a command that arrived, and whose answer was lost, is not done twice.
        var key = method == HttpMethod.Get ? null : "\"" + Guid.CreateVersion7(clock.GetUtcNow()).ToString("N") + "\"";
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Content = content();
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }

            if (ifMatch is not null)
            {
                request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            }

            try
            {
                using var response = await http.SendAsync(request, cancellationToken);
                var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                if (response.IsSuccessStatusCode || response.StatusCode == welcome)
                {
                    return new ServerAnswer(response.StatusCode, body);
                }

                if (response.StatusCode != HttpStatusCode.ServiceUnavailable || attempt == AttemptsMax)
                {
                    throw Refused(response.StatusCode, body);
                }
            }
            catch (HttpRequestException away) when (attempt == AttemptsMax)
            {
                throw new CommandFailedException(ExitCode.Failed, $"No server answers at {Place}: {away.Message}", away);
            }
            catch (HttpRequestException)
            {
                // Perhaps it is starting, or restarting: tried again below.
            }

            await Task.Delay(RestFirst * (1 << attempt), clock, cancellationToken);
        }
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private CommandFailedException Refused(HttpStatusCode status, byte[] body)
    {
        var exit = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.NotAllowed,
            HttpStatusCode.NotFound => ExitCode.NotFound,
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => ExitCode.Usage,
            _ => ExitCode.Failed,
        };
        return new CommandFailedException(exit, ProblemText.Read(body) ?? $"{Place} answered {(int)status} {status}.");
    }
}

internal readonly record struct ServerAnswer(HttpStatusCode Status, byte[] Body);
