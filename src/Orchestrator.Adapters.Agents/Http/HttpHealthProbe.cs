using System.Net.Http.Headers;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Adapters.Agents.Http;

/// <summary>One GET of the check's path at the instance's own host; the body is not read. Goes the guarded way that calls go.</summary>
public sealed class HttpHealthProbe(OutboundHttp http, TimeProvider clock) : IHealthProbe
{
    public async ValueTask<bool> IsWellAsync(AgentInstance instance, HealthCheck check, CancellationToken cancellationToken)
    {
        if (!TryAddress(instance, check, out var address))
        {
            return false;
        }

        using var patience = new CancellationTokenSource(check.Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, address);
            message.Headers.UserAgent.Add(new ProductInfoHeaderValue("Orchestrator", "1.0"));
            using var response = await http.SendAsync(message, either.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // Away, refused or too slow: not well. That we stop says nothing about it, and is thrown on.
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    // Whatever the path says, the one who is asked is the one who would be called.
    private static bool TryAddress(AgentInstance instance, HealthCheck check, out Uri? address)
    {
        address = null;
        return Uri.TryCreate(instance.Endpoint, UriKind.Absolute, out var endpoint)
            && Uri.TryCreate(endpoint, check.Path, out address)
            && (address.Scheme, address.Authority) == (endpoint.Scheme, endpoint.Authority);
    }
}
