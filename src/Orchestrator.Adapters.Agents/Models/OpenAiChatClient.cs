using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Orchestrator.Adapters.Agents.Http;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>Talks to one OpenAI-compatible endpoint: hosted ones, Ollama, llama.cpp, vLLM. One call is one request; it never retries.</summary>
/// <remarks>
/// Goes through <see cref="OutboundHttp"/> like every call to an address that others chose, which the client of the OpenAI package would not, and reads
/// within bounds of size and time. Failures are <see cref="ModelCallException"/>s; cancellation passes as it is. Safe to use from many threads.
/// </remarks>
public sealed class OpenAiChatClient(OutboundHttp http, Uri endpoint, string? key, ChatLimits limits, TimeProvider clock) : IChatClient
{
    private const int ExplanationBytesMax = 65_536;
    private const int ExplanationLengthMax = 300;

    private readonly Uri completions = new(endpoint.AbsoluteUri.TrimEnd('/') + "/chat/completions");

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var watch = new Watch(limits, silence: null, clock, cancellationToken);
        return await GuardAsync(watch, async () =>
        {
            using var response = await SendAsync(messages, options, streams: false, watch.Token);
            return await ReadWholeAsync(response, watch.Token);
        });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var watch = new Watch(limits, limits.SilenceMax, clock, cancellationToken);
        using var response = await GuardAsync(watch, () => SendAsync(messages, options, streams: true, watch.Token));
        if (response.Content.Headers.ContentType?.MediaType is "application/json")
        {
            // A server that cannot stream answers as it would have anyway.
            var whole = await GuardAsync(watch, () => ReadWholeAsync(response, watch.Token));
            foreach (var update in whole.ToChatResponseUpdates())
            {
                yield return update;
            }

            yield break;
        }

        await using var stream = await GuardAsync(watch, async () =>
            new WatchedStream(await response.Content.ReadAsStreamAsync(watch.Token), limits.ResponseBytesMax, watch.HeardNothingYet));
        await using var events = SseParser.Create(stream, (_, data) => data.ToArray()).EnumerateAsync(watch.Token).GetAsyncEnumerator(watch.Token);
        var completion = new ChatCompletion();
        while (await GuardAsync(watch, async () => await events.MoveNextAsync()))
        {
            var data = events.Current.Data;
            if (data.AsSpan().Trim(" "u8).SequenceEqual("[DONE]"u8))
            {
                break;
            }

            if (Take(completion, data) is { Length: > 0 } said)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, said);
            }
        }

        if (!completion.IsFinished)
        {
            throw Fail(AgentFailures.Unreachable, "broke off in the middle of its answer", retryable: true, anotherMayHelp: true);
        }

        yield return completion.ToLastUpdate();
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The connections belong to the process.
    }

    private async Task<HttpResponseMessage> SendAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, bool streams, CancellationToken cancellationToken)
    {
        var body = ChatRequestBody.Write(messages, options ?? new ChatOptions(), streams);
        if (body.Length > limits.PromptBytesMax)
        {
            throw Fail(AgentFailures.Rejected, $"was not asked: the prompt has {body.Length} bytes, and {limits.PromptBytesMax} may be sent", retryable: false);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, completions) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(streams ? "text/event-stream" : "application/json"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Orchestrator", "1.0"));
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        foreach (var (name, value) in limits.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await http.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusedAsync(response, cancellationToken);
        }
    }

    private async Task<ChatResponse> ReadWholeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await BoundedBody.ReadAsync(response.Content, limits.ResponseBytesMax, cancellationToken) ?? throw new ResponseTooLargeException();
        var completion = new ChatCompletion();
        Take(completion, body);
        return completion.IsFinished || completion.SaysAnything ? completion.ToResponse() : throw Broken("an answer without a choice");
    }

    private string? Take(ChatCompletion completion, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);

            // Some servers answer 200 and put the error into the body, also in the middle of a stream.
            if (document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null)
            {
                throw Fail(AgentFailures.Error, $"answered with an error: {MessageOf(root)}", retryable: true, anotherMayHelp: true);
            }

            return completion.Take(document.RootElement) ?? throw Broken("JSON that is no chat completion");
        }
        catch (JsonException)
        {
            throw Broken("what is not JSON");
        }
        catch (InvalidOperationException)
        {
            throw Broken("half of a surrogate pair");
        }
    }

    private async Task<ModelCallException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var (code, retryable) = status switch
        {
            408 => (AgentFailures.Timeout, true),
            409 or 425 or 429 => (AgentFailures.Busy, true),
            >= 400 and < 500 => (AgentFailures.Rejected, false),
            >= 500 => (AgentFailures.Error, true),
            _ => (AgentFailures.BadAnswer, true),
        };

        // What an endpoint says of a wrong key often holds a part of it.
        var why = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => key is null ? "it wants a key, and none is configured" : "it refused the key",
            _ => await ExplanationAsync(response, cancellationToken),
        };
        var failure = new StepFailure(code, $"Model at {completions.Host} answered {status}{(why.Length > 0 ? ": " + why : "")}.", retryable, RetryAfter.Of(response, limits.RetryAfterMax, clock));
        return new ModelCallException(failure, anotherMayHelp: status is 408 or 429 or >= 500);
    }

    private async Task<string> ExplanationAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            if (await BoundedBody.ReadAsync(response.Content, ExplanationBytesMax, cancellationToken) is not { } body)
            {
                return "";
            }

            using var document = JsonDocument.Parse(body);
            return MessageOf(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            return "";
        }
    }

    private string MessageOf(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("error", out var error))
        {
            return "";
        }

        var said = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var inner) ? inner : error;
        if (said.ValueKind != JsonValueKind.String)
        {
            return "";
        }

        string text;
        try
        {
            text = said.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "";
        }

        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            clean.Append(char.IsControl(c) ? ' ' : c);
        }

        if (key is not null)
        {
            clean.Replace(key, "***");
        }

        var shown = clean.ToString().Trim().TrimEnd('.');
        return shown.Length <= ExplanationLengthMax ? shown : string.Concat(shown.AsSpan(0, ExplanationLengthMax - 1), "…");
    }

    private async Task<T> GuardAsync<T>(Watch watch, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (watch.EndedBy is { } why)
        {
            throw Fail(AgentFailures.Timeout, why, retryable: true, anotherMayHelp: true);
        }
        catch (OperationCanceledException) when (!watch.Token.IsCancellationRequested)
        {
            throw Fail(AgentFailures.Unreachable, "could not be reached: the connection took too long", retryable: true);
        }
        catch (ResponseTooLargeException)
        {
            throw Fail(AgentFailures.AnswerTooLarge, $"answered with more than {limits.ResponseBytesMax} bytes, which is as much as may be taken", retryable: false);
        }
        catch (HttpRequestException exception) when (exception.InnerException is AddressRefusedException refused)
        {
            throw Fail(AgentFailures.AddressRefused, $"was not called: {refused.Message.TrimEnd('.')}", retryable: false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // Where nobody listens, no other model does. Where an answer broke off, the model may have been why.
            var listens = exception is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
            throw Fail(
                AgentFailures.Unreachable, listens ? "broke off in the middle of its answer" : $"could not be reached: {(exception.InnerException ?? exception).Message.TrimEnd('.')}",
                retryable: true, anotherMayHelp: listens);
        }
    }

    private ModelCallException Broken(string what) => Fail(AgentFailures.BadAnswer, $"answered with {what}", retryable: true);

    private ModelCallException Fail(string code, string what, bool retryable, bool anotherMayHelp = false) =>
        new(new StepFailure(code, $"Model at {completions.Host} {what}.", retryable), anotherMayHelp);

    /// <summary>How long a request may take in all, and how long it may be silent.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly ChatLimits limits;
        private readonly TimeSpan? silence;
        private readonly CancellationToken given;
        private readonly CancellationTokenSource all;
        private readonly CancellationTokenSource silent;
        private readonly CancellationTokenSource any;

        public Watch(ChatLimits limits, TimeSpan? silence, TimeProvider clock, CancellationToken given)
        {
            (this.limits, this.silence, this.given) = (limits, silence, given);
            all = new CancellationTokenSource(limits.RequestTimeout, clock);
            silent = new CancellationTokenSource(silence ?? Timeout.InfiniteTimeSpan, clock);
            any = CancellationTokenSource.CreateLinkedTokenSource(given, all.Token, silent.Token);
        }

        public CancellationToken Token => any.Token;

        /// <summary>Which of the limits ended the request; null when it was its caller, or nobody.</summary>
        public string? EndedBy =>
            given.IsCancellationRequested ? null
            : all.IsCancellationRequested ? $"gave no whole answer within {limits.RequestTimeout}"
            : silent.IsCancellationRequested ? $"was silent for {silence}"
            : null;

        public void HeardNothingYet()
        {
            if (silence is { } most)
            {
                silent.CancelAfter(most);
            }
        }

        public void Dispose()
        {
            any.Dispose();
            silent.Dispose();
            all.Dispose();
        }
    }
}

/// <summary>What one request to a model may take.</summary>
/// <param name="Headers">Sent besides: the attempt's key, its trace.</param>
public sealed record ChatLimits(
    TimeSpan RequestTimeout, TimeSpan SilenceMax, int ResponseBytesMax, int PromptBytesMax, TimeSpan RetryAfterMax, IReadOnlyList<(string Name, string Value)> Headers);
