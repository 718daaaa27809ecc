using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Agents;

/// <summary>How we show an HTTP agent who we are.</summary>
[GenerateSerializer, Alias("credential-kind")]
[JsonConverter(typeof(SnakeCaseEnumConverter<CredentialKind>))]
public enum CredentialKind
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>The secret in a header.</summary>
    Header = 1,

    /// <summary>User and secret as HTTP Basic (RFC 7617).</summary>
    Basic = 2,

    /// <summary>A bearer token that a token endpoint gives for them (OAuth 2.0, RFC 6749 §4.4).</summary>
    ClientCredentials = 3,
}

/// <summary>What is shown to an HTTP agent with each call. The secret is a reference, <c>env:NAME</c> or <c>file:PATH</c>, and never the secret itself.</summary>
/// <param name="Secret">Where the header's value, the password or the client's secret is.</param>
/// <param name="Header">For <c>header</c>: its name; <c>Authorization</c> without one.</param>
/// <param name="Scheme">For <c>header</c>: a word before the secret, such as <c>Bearer</c>.</param>
/// <param name="User">For <c>basic</c> the user, for <c>client_credentials</c> the client's id.</param>
/// <param name="TokenUrl">For <c>client_credentials</c>: where tokens are asked for, an absolute http or https address.</param>
/// <param name="Scope">For <c>client_credentials</c>: the scopes to ask for, parted by spaces.</param>
[GenerateSerializer, Immutable, Alias("agent-credentials")]
public sealed record AgentCredentials(
    [property: Id(0)] CredentialKind Kind,
    [property: Id(1)] string Secret,
    [property: Id(2)] string? Header = null,
    [property: Id(3)] string? Scheme = null,
    [property: Id(4)] string? User = null,
    [property: Id(5)] string? TokenUrl = null,
    [property: Id(6)] string? Scope = null);
