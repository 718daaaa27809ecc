using System.Buffers;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>What the credentials of an agent may say.</summary>
public static class CredentialRules
{
    private const int HeaderLengthMax = 128;
    private const int SchemeLengthMax = 64;
    private const int UserLengthMax = 512;
    private const int ScopeLengthMax = 2_048;
    private const int UrlLengthMax = 2_048;

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> TokenLetters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Headers that frame a request or that we fill ourselves.</summary>
    private static readonly string[] Ours =
        ["Host", "Connection", "Transfer-Encoding", "Upgrade", "TE", "Trailer", "Expect", "Accept", "User-Agent", "Idempotency-Key", "traceparent", "tracestate", "Cookie"];

    internal static IEnumerable<string> Problems(AgentRegistration agent)
    {
        if (agent.Credentials is not { } credentials)
        {
            yield break;
        }

        if (agent.Kind != AgentKind.Http)
        {
            yield return $"Only an agent of the kind 'http' has credentials, and this is '{agent.Kind}'.";
        }

        // What was found is not repeated: whoever wrote the secret itself here should not find it in a log.
        if (!ModelRules.IsReference(credentials.Secret))
        {
            yield return "credentials.secret must say where the secret is, as env:NAME or file:PATH; a secret itself is never registered.";
        }

        foreach (var problem in credentials.Kind switch
        {
            CredentialKind.Header => HeaderProblems(credentials),
            CredentialKind.Basic => UserProblems(credentials),
            CredentialKind.ClientCredentials => UserProblems(credentials).Concat(TokenProblems(credentials)),
            _ => ["credentials.kind must be header, basic or client_credentials."],
        })
        {
            yield return problem;
        }

        if ((credentials.Kind != CredentialKind.Header && (credentials.Header ?? credentials.Scheme) is not null)
            || (credentials.Kind == CredentialKind.Header && credentials.User is not null)
            || (credentials.Kind != CredentialKind.ClientCredentials && (credentials.TokenUrl ?? credentials.Scope) is not null))
        {
            yield return "credentials has a member that its kind does not use: header and scheme belong to header, user to basic and client_credentials, tokenUrl and scope to client_credentials.";
        }
    }

    private static IEnumerable<string> HeaderProblems(AgentCredentials credentials)
    {
        if (credentials.Header is { } header
            && (header.Length is 0 or > HeaderLengthMax
                || header.AsSpan().ContainsAnyExcept(TokenLetters)
                || Ours.Contains(header, StringComparer.OrdinalIgnoreCase)
                || header.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
                || header.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)
                || header.StartsWith("Orchestrator-", StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"credentials.header must be the name of a header, of at most {HeaderLengthMax} letters, and none that a request has anyway.";
        }

        if (credentials.Scheme is { } scheme && (scheme.Length is 0 or > SchemeLengthMax || scheme.AsSpan().ContainsAnyExcept(TokenLetters)))
        {
            yield return $"credentials.scheme must be one word, such as Bearer, of at most {SchemeLengthMax} letters.";
        }
    }

    private static IEnumerable<string> UserProblems(AgentCredentials credentials)
    {
        if (credentials.User is not { Length: > 0 and <= UserLengthMax } user || user.Any(char.IsControl) || (credentials.Kind == CredentialKind.Basic && user.Contains(':', StringComparison.Ordinal)))
        {
            yield return $"credentials.user must have 1 to {UserLengthMax} characters, no control characters, and with basic no colon.";
        }
    }

    private static IEnumerable<string> TokenProblems(AgentCredentials credentials)
    {
        if (credentials.TokenUrl is not { Length: <= UrlLengthMax } url || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri is not { Scheme: "http" or "https", UserInfo: "", Fragment: "", Host.Length: > 0 })
        {
            yield return "credentials.tokenUrl must be an absolute http or https address without user name or fragment.";
        }

        if (credentials.Scope is { } scope && (scope.Length is 0 or > ScopeLengthMax || scope.Any(c => c is < ' ' or > '~')))
        {
            yield return $"credentials.scope must have 1 to {ScopeLengthMax} characters of ASCII.";
        }
    }
}
