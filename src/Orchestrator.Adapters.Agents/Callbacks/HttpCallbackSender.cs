using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents.Http;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Decisions.Callbacks;
using Orchestrator.Execution.Callbacks;

namespace Orchestrator.Adapters.Agents.Callbacks;

/// <summary>One POST through the outbound guard: no redirects, no credentials, the answer's body is not read.</summary>
public sealed class HttpCallbackSender(OutboundHttp http, CallbackKeys keys, IOptions<CallbackSendOptions> options, TimeProvider clock) : ICallbackSender
{
    public async ValueTask<CallbackOutcome> SendAsync(CallbackMessage message, CancellationToken cancellationToken)
    {
        if (keys.None)
        {
            return new CallbackOutcome(null, $"There is no secret to sign it with: set {CallbackSendOptions.Section}:{nameof(CallbackSendOptions.SigningKey)}.");
        }

        using var patience = new CancellationTokenSource(options.Value.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = Write(message);
            using var response = await http.SendAsync(request, either.Token);
            var status = (int)response.StatusCode;
            return new CallbackOutcome(
                status,
                response.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"The receiver answered {status}."),
                RetryAfter(response.Headers.RetryAfter));
        }
        catch (HttpRequestException exception) when (exception.InnerException is AddressRefusedException refused)
        {
            return new CallbackOutcome(null, $"The address was not called: {refused.Message}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new CallbackOutcome(null, $"The receiver could not be reached: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CallbackOutcome(null, string.Create(CultureInfo.InvariantCulture, $"The receiver did not answer within {options.Value.Timeout.TotalSeconds} s."));
        }
    }

    private HttpRequestMessage Write(CallbackMessage message)
    {
        var at = clock.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, message.Url) { Content = new ReadOnlyMemoryContent(message.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json", "utf-8");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Orchestrator", "1.0"));
        request.Headers.Add("webhook-id", message.Id);
        request.Headers.Add("webhook-timestamp", at.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", keys.Sign(message.Id, at, message.Body.Span));
        if (message.TraceParent is { } trace)
        {
            request.Headers.TryAddWithoutValidation("traceparent", trace);
        }

        return request;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date && date > clock.GetUtcNow() ? date - clock.GetUtcNow() : null);
}
