using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents.Http;
using Orchestrator.Adapters.Agents.Outbound;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.Credentials;

/// <param name="Until">When another one is asked for: a while before it expires.</param>
internal sealed record AccessToken(string Value, DateTimeOffset Until);

/// <summary>Tokens of OAuth 2.0 for client credentials (RFC 6749 §4.4), asked for once and kept in memory until shortly before they expire.</summary>
/// <remarks>
/// Of many calls that need the same token at the same time one asks, and the others wait for it. The token endpoint is called through the outbound guard. Nothing
/// of a token or of the secret is in any failure. Safe to use from many threads.
/// </remarks>
public sealed class AccessTokens(OutboundHttp http, IOptions<CredentialOptions> options, TimeProvider clock)
{
    private const int AnswerBytesMax = 65_536;

    /// <summary>Where the answer does not say how long a token lasts.</summary>
    private static readonly TimeSpan LastsDefault = TimeSpan.FromMinutes(5);

    /// <summary>So long before its end a token is no longer used, or a quarter of its time where that is shorter.</summary>
    private static readonly TimeSpan EarlyMax = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<AgentCredentials, Task<(AccessToken? Token, StepFailure? Refused)>> kept = [];

    internal Task<(AccessToken? Token, StepFailure? Refused)> GetAsync(string agent, AgentCredentials credentials, string secret, CancellationToken cancellationToken)
    {
        Task<(AccessToken? Token, StepFailure? Refused)> asked;
        lock (gate)
        {
            if (kept.TryGetValue(credentials, out var known) && IsGood(known))
            {
                asked = known;
            }
            else
            {
                // Not under the caller's cancellation, and not in the turns of its activation: others wait for the same token, whatever becomes of who asked first.
                asked = Task.Run(() => AskAsync(agent, credentials, secret), CancellationToken.None);
                Keep(credentials, asked);
            }
        }

        return asked.WaitAsync(cancellationToken);
    }

    /// <summary>A token was not taken: the next call asks for another, unless somebody has already.</summary>
    internal void PutAside(AgentCredentials credentials, AccessToken token)
    {
        lock (gate)
        {
            if (kept.TryGetValue(credentials, out var known) && known is { IsCompletedSuccessfully: true, Result.Token: { } present } && ReferenceEquals(present, token))
            {
                kept.Remove(credentials);
            }
        }
    }

    private bool IsGood(Task<(AccessToken? Token, StepFailure? Refused)> known) =>
        !known.IsCompleted || (known is { IsCompletedSuccessfully: true, Result.Token: { } token } && token.Until > clock.GetUtcNow());

    private void Keep(AgentCredentials credentials, Task<(AccessToken? Token, StepFailure? Refused)> asked)
    {
        if (kept.Count >= options.Value.TokensMax)
        {
            foreach (var (old, _) in kept.Where(entry => !IsGood(entry.Value)).ToList())
            {
                kept.Remove(old);
            }
        }

        if (kept.Count < options.Value.TokensMax || kept.ContainsKey(credentials))
        {
            kept[credentials] = asked;
        }
    }

    private async Task<(AccessToken? Token, StepFailure? Refused)> AskAsync(string agent, AgentCredentials credentials, string secret)
    {
        using var patience = new CancellationTokenSource(options.Value.TokenTimeout, clock);
        try
        {
            using var request = Write(credentials, secret);
            using var response = await http.SendAsync(request, patience.Token);
            var status = (int)response.StatusCode;
            if (!response.IsSuccessStatusCode)
            {
                return Refused(agent, credentials, $"it answered {status}", retryable: status is 408 or 429 or >= 500);
            }

            return await BoundedBody.ReadAsync(response.Content, AnswerBytesMax, patience.Token) is { } body && Read(body) is { } token
                ? (token, null)
                : Refused(agent, credentials, "what it answered is no bearer token", retryable: false);
        }
        catch (HttpRequestException exception) when (exception.InnerException is AddressRefusedException refused)
        {
            return Refused(agent, credentials, refused.Message, retryable: false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Refused(agent, credentials, "it could not be reached", retryable: true);
        }
        catch (OperationCanceledException)
        {
            return Refused(agent, credentials, $"it did not answer within {options.Value.TokenTimeout}", retryable: true);
        }
    }

    private static HttpRequestMessage Write(AgentCredentials credentials, string secret)
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (credentials.Scope is { } scope)
        {
            form.Add(new("scope", scope));
        }

        var request = new HttpRequestMessage(HttpMethod.Post, credentials.TokenUrl) { Content = new FormUrlEncodedContent(form) };

        // RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
        var pair = Uri.EscapeDataString(credentials.User!) + ":" + Uri.EscapeDataString(secret);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Orchestrator", "1.0"));
        return request;
    }

    private AccessToken? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("access_token", out var value) || value.ValueKind != JsonValueKind.String
                || (root.TryGetProperty("token_type", out var type) && !string.Equals(type.ToString(), "bearer", StringComparison.OrdinalIgnoreCase))
                || value.GetString() is not { Length: > 0 } token || token.Any(c => c is <= ' ' or > '~'))
            {
                return null;
            }

            var lasts = root.TryGetProperty("expires_in", out var seconds) && seconds.TryGetDouble(out var count) && count is >= 0 and <= int.MaxValue ? TimeSpan.FromSeconds(count) : LastsDefault;
            return new AccessToken(token, clock.GetUtcNow() + lasts - (lasts / 4 < EarlyMax ? lasts / 4 : EarlyMax));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static (AccessToken? Token, StepFailure? Refused) Refused(string agent, AgentCredentials credentials, string why, bool retryable) =>
        (null, new StepFailure(AgentFailures.Unauthorized, $"Agent '{agent}' was not called: the token endpoint at {new Uri(credentials.TokenUrl!).Host} gave no token; {why}.", retryable));
}
