using Orchestrator.ApiHost.Requests;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.ApiHost.Agents;

/// <summary>What each call shows an HTTP agent. The secret is named, never told.</summary>
/// <param name="Kind"><c>header</c>, <c>basic</c> or <c>client_credentials</c> (OAuth 2.0).</param>
/// <param name="Secret">Where the header's value, the password or the client's secret is: <c>env:NAME</c> or <c>file:PATH</c>, one that <c>Credentials:Allowed</c> grants for each host it goes to.</param>
/// <param name="Header">For <c>header</c>: its name; <c>Authorization</c> without one.</param>
/// <param name="Scheme">For <c>header</c>: a word before the secret, such as <c>Bearer</c>.</param>
/// <param name="User">For <c>basic</c> the user, for <c>client_credentials</c> the client's id.</param>
/// <param name="TokenUrl">For <c>client_credentials</c>: where tokens are asked for.</param>
/// <param name="Scope">For <c>client_credentials</c>: the scopes to ask for, parted by spaces.</param>
internal sealed record CredentialsMessage(
    CredentialKind? Kind = null, string? Secret = null, string? Header = null, string? Scheme = null, string? User = null, string? TokenUrl = null, string? Scope = null)
{
    // What else may stand where is for the agent's rules to say.
    public AgentCredentials Read(RequestCheck check)
    {
        if (Kind is null)
        {
            check.Member("/credentials/kind", "Credentials have a kind: header, basic or client_credentials.");
        }

        return new(Kind ?? CredentialKind.Header, Secret ?? "", Header, Scheme, User, TokenUrl, Scope);
    }

    public static CredentialsMessage? Of(AgentCredentials? credentials) => credentials is null
        ? null
        : new(credentials.Kind, credentials.Secret, credentials.Header, credentials.Scheme, credentials.User, credentials.TokenUrl, credentials.Scope);
}
