using System.Collections.Immutable;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Adapters.Agents.Credentials;

/// <summary>Whether a secret may be sent somewhere.</summary>
internal static class SecretGrants
{
    public static bool Allow(IEnumerable<SecretGrant> grants, string reference, Uri to) =>
        grants.Any(grant => grant.From == reference && grant.Hosts.Contains(to.Host, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether an address is on the server of one of these instances.</summary>
    public static bool IsOneOf(ImmutableArray<AgentInstance> instances, Uri address) => instances.Any(instance =>
        Uri.TryCreate(instance.Endpoint, UriKind.Absolute, out var known) && known.Scheme == address.Scheme && known.Authority == address.Authority);
}
