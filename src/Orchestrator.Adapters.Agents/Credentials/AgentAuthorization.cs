using System.Text;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.Credentials;

/// <summary>What a call shows its agent: a header, or why there is none to show.</summary>
/// <param name="Token">The token in it, where one was given for credentials: what to put aside when the agent does not take it.</param>
internal readonly record struct Authorization((string Name, string Value)? Header, StepFailure? Refused = null, AccessToken? Token = null);

/// <summary>Finds what an HTTP agent is to be shown, and keeps secrets from everybody else.</summary>
/// <remarks>
/// An agent of the configuration is shown the secret that it names, at its own endpoints and token endpoint. One that was registered over the API is shown only
/// what <see cref="CredentialOptions.Allowed"/> grants for each host that secret goes to, or what comes of it. Safe to use from many threads.
/// </remarks>
public sealed class AgentAuthorization(AccessTokens tokens, IOptions<CredentialOptions> options, IDeclared<AgentRegistration> declared)
{
    private const string HeaderDefault = "Authorization";

    internal async ValueTask<Authorization> ForAsync(AgentRegistration agent, Uri endpoint, CancellationToken cancellationToken)
    {
        if (agent.Credentials is not { } credentials)
        {
            return default;
        }

        foreach (var host in Receivers(credentials, endpoint))
        {
            if (!IsOurs(agent, credentials, endpoint) && !SecretGrants.Allow(options.Value.Allowed, credentials.Secret, host))
            {
                return Final(AgentFailures.Rejected, agent,
                    $"may not be shown the secret '{credentials.Secret}' at {host.Host}; allow it in {CredentialOptions.Section}:{nameof(CredentialOptions.Allowed)} if it is meant");
            }
        }

        if (ReferredSecret.Read(credentials.Secret) is not { } secret)
        {
            return Final(AgentFailures.Disabled, agent, $"cannot be shown who calls: set {ReferredSecret.Named(credentials.Secret)} for the process that calls it");
        }

        switch (credentials.Kind)
        {
            case CredentialKind.Header when secret.Any(c => c is < ' ' or > '~'):
                return Final(AgentFailures.Disabled, agent, $"cannot be shown what {ReferredSecret.Named(credentials.Secret)} holds: a header takes one line of ASCII");
            case CredentialKind.Header:
                return new((credentials.Header ?? HeaderDefault, credentials.Scheme is { } scheme ? scheme + " " + secret : secret));
            case CredentialKind.Basic:
                return new((HeaderDefault, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials.User + ":" + secret))));
            case CredentialKind.ClientCredentials:
                var (token, refused) = await tokens.GetAsync(agent.Name, credentials, secret, cancellationToken);
                return refused is null ? new((HeaderDefault, "Bearer " + token!.Value), Token: token) : new(null, refused);
            default:
                throw new InvalidOperationException($"Agent '{agent.Name}' has credentials of the kind '{credentials.Kind}', which is none.");
        }
    }

    /// <summary>The agent did not take what it was shown. Whether it is worth showing it something else.</summary>
    internal bool MayTryAnother(AgentRegistration agent, Authorization shown)
    {
        if (agent.Credentials is not { } credentials || shown.Token is not { } token)
        {
            return false;
        }

        tokens.PutAside(credentials, token);
        return true;
    }

    // The secret goes to the token endpoint, and what it gives to the agent: both have to be meant.
    private static IEnumerable<Uri> Receivers(AgentCredentials credentials, Uri endpoint) =>
        credentials.TokenUrl is { } url ? [new Uri(url), endpoint] : [endpoint];

    private bool IsOurs(AgentRegistration agent, AgentCredentials credentials, Uri endpoint) =>
        declared.Find(agent.Name) is { } ours && ours.Credentials == credentials && SecretGrants.IsOneOf(ours.Instances, endpoint);

    private static Authorization Final(string code, AgentRegistration agent, string what) => new(null, new StepFailure(code, $"Agent '{agent.Name}' {what}.", Retryable: false));
}
