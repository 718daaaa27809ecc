using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents.Credentials;
using Orchestrator.Adapters.Agents.InProcess;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.Http;

/// <summary>Calls HTTP agents: one attempt is one POST, after one GET where the agent is to be asked first. 202 says that the agent answers later; any other 2xx with JSON is the output; 4xx, but not 408, 425 and 429, is final; everything else may be tried again.</summary>
public sealed class HttpAgentTransport(OutboundHttp http, AgentAuthorization authorization, IOptions<AgentCallOptions> options, TimeProvider clock) : IAgentTransport
{
    private const string TokenHeader = "Orchestrator-Completion-Token";
    private const string UrlHeader = "Orchestrator-Completion-Url";

    public AgentKind Kind => AgentKind.Http;

    public async ValueTask<AgentAnswer> CallAsync(
        AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(instance.Endpoint, UriKind.Absolute, out var endpoint))
        {
            return AgentAnswer.Fail(AgentFailures.AddressRefused, $"The endpoint '{instance.Endpoint}' of agent '{agent.Name}' is no absolute address.");
        }

        try
        {
            if (request.AskFirst && await AskAsync(agent, endpoint, request, cancellationToken) is { } known)
            {
                return known;
            }

            var (answered, refused) = await SendAsync(agent, endpoint, request, HttpMethod.Post, cancellationToken);
            if (refused is not null)
            {
                return new AgentAnswer.Failed(refused);
            }

            using var response = answered!;
            return response.StatusCode == HttpStatusCode.Accepted ? TakenOn(agent, request)
                : response.IsSuccessStatusCode ? await ReadAsync(agent, response, cancellationToken)
                : Refused(agent, response);
        }
        catch (HttpRequestException exception) when (exception.InnerException is AddressRefusedException refused)
        {
            return AgentAnswer.Fail(AgentFailures.AddressRefused, $"Agent '{agent.Name}' was not called: {refused.Message}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return AgentAnswer.Fail(AgentFailures.Unreachable, $"Agent '{agent.Name}' at {Where(endpoint)} could not be reached: {Why(exception)}", retryable: true);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The connection took too long to be made, which is a limit of its own.
            return AgentAnswer.Fail(AgentFailures.Unreachable, $"Agent '{agent.Name}' at {Where(endpoint)} could not be reached: {Why(exception)}", retryable: true);
        }
    }

    /// <summary>What became of the call under its key, as the agent says; null when it knows of none.</summary>
    private async Task<AgentAnswer?> AskAsync(AgentRegistration agent, Uri endpoint, AgentRequest request, CancellationToken cancellationToken)
    {
        var (answered, refused) = await SendAsync(agent, endpoint, request, HttpMethod.Get, cancellationToken);
        if (refused is not null)
        {
            return new AgentAnswer.Failed(refused);
        }

        using var response = answered!;
        return (int)response.StatusCode switch
        {
            404 or 405 or 410 or 501 => null,

            // An agent that says the token back has taken the call on; one that does not is at a call whose answer it has nowhere to send.
            202 when request.Completion is { } offer && response.Headers.TryGetValues(TokenHeader, out var said) && said.Contains(offer.Token, StringComparer.Ordinal) => AgentAnswer.Later,
            202 => new AgentAnswer.Failed(new StepFailure(
                AgentFailures.Busy, $"Agent '{agent.Name}' is still at the call that was interrupted.", Retryable: true, RetryAfter.Within(response, options.Value.RetryAfterMax, clock))),
            >= 200 and < 300 => await ReadAsync(agent, response, cancellationToken),
            _ => Refused(agent, response),
        };
    }

    /// <summary>Sends one request. One that is answered 401 to a token was not begun; it is sent once more with another token, and no other is ever repeated.</summary>
    private async Task<(HttpResponseMessage? Response, StepFailure? Refused)> SendAsync(
        AgentRegistration agent, Uri endpoint, AgentRequest request, HttpMethod method, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            var shown = await authorization.ForAsync(agent, endpoint, cancellationToken);
            if (shown.Refused is { } refused)
            {
                return (null, refused);
            }

            using var message = new HttpRequestMessage(method, endpoint) { Content = method == HttpMethod.Post ? AgentBody.Write(agent.Body, request) : null };
            SetHeaders(message.Headers, request);
            if (shown.Header is { } header)
            {
                message.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }

            var response = await http.SendAsync(message, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Unauthorized || again || !authorization.MayTryAnother(agent, shown))
            {
                return (response, null);
            }

            response.Dispose();
        }
    }

    // 202 promises an answer. Without a token it could never come, and to take the promise for the answer would lose it.
    private static AgentAnswer TakenOn(AgentRegistration agent, AgentRequest request) => request.Completion is not null
        ? AgentAnswer.Later
        : AgentAnswer.Fail(AgentFailures.BadAnswer, $"Agent '{agent.Name}' answered 202, which says that it answers later, and this call brought it no token for that.");

    private static void SetHeaders(HttpRequestHeaders headers, AgentRequest request)
    {
        headers.TryAddWithoutValidation("Idempotency-Key", request.IdempotencyKey);
        headers.TryAddWithoutValidation("Orchestrator-Attempt", request.Attempt.ToString(CultureInfo.InvariantCulture));
        headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        headers.UserAgent.Add(new ProductInfoHeaderValue("Orchestrator", "1.0"));
        if (request.Deadline is { } deadline)
        {
            headers.TryAddWithoutValidation("Orchestrator-Deadline", AgentBody.Time(deadline));
        }

        if (request.Completion is { } completion)
        {
            headers.TryAddWithoutValidation(TokenHeader, completion.Token);
            headers.TryAddWithoutValidation(UrlHeader, completion.Url);
        }

        if (request.TraceParent is { } trace)
        {
            headers.TryAddWithoutValidation("traceparent", trace);
        }
    }

    private async Task<AgentAnswer> ReadAsync(AgentRegistration agent, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (await BoundedBody.ReadAsync(response.Content, options.Value.AnswerBytesMax, cancellationToken) is not { } body)
        {
            return AgentAnswer.Fail(
                AgentFailures.AnswerTooLarge, InProcessAgentTransport.TooLarge(agent.Name, options.Value.AnswerBytesMax, response.Content.Headers.ContentLength));
        }

        if (body.IsEmpty)
        {
            return AgentAnswer.Ok(Payload.Null);
        }

        var type = response.Content.Headers.ContentType?.MediaType;
        if (type is not null && type != "application/json" && !type.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
        {
            return BadAnswer(agent, $"a body of type '{type}', where application/json was expected");
        }

        return Payload.TryParse(body, out var output, out var problem) ? AgentAnswer.Ok(output) : BadAnswer(agent, $"a body that is not JSON: {problem}");
    }

    private AgentAnswer.Failed Refused(AgentRegistration agent, HttpResponseMessage response)
    {
        var (code, retryable) = (int)response.StatusCode switch
        {
            408 => (AgentFailures.Timeout, true),
            425 or 429 => (AgentFailures.Busy, true),
            >= 400 and < 500 => (AgentFailures.Rejected, false),
            >= 500 => (AgentFailures.Error, true),

            // 1xx never gets here, and redirects are not followed: they could lead anywhere.
            _ => (AgentFailures.BadAnswer, true),
        };
        return new AgentAnswer.Failed(new StepFailure(code, $"Agent '{agent.Name}' answered {(int)response.StatusCode}.", retryable, RetryAfter.Of(response, options.Value.RetryAfterMax, clock)));
    }

    private static AgentAnswer BadAnswer(AgentRegistration agent, string what) =>
        AgentAnswer.Fail(AgentFailures.BadAnswer, $"Agent '{agent.Name}' answered with {what}", retryable: true);

    // Query strings carry secrets.
    private static string Where(Uri endpoint) => endpoint.GetLeftPart(UriPartial.Path);

    private static string Why(Exception exception) => (exception.InnerException ?? exception).Message;
}
