using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents.Credentials;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>Finds the key of an agent's endpoint at the moment it is called, so that a registration never holds one and a changed key needs no restart.</summary>
public sealed class ModelKeys(IOptions<ModelOptions> options, IDeclared<AgentRegistration> declared)
{
    /// <returns>The key, null where the agent names none; or why it is not sent.</returns>
    internal (string? Key, StepFailure? Refused) For(AgentRegistration agent, Uri endpoint)
    {
        if (agent.Model?.ApiKey is not { } reference)
        {
            return (null, null);
        }

        if (!MaySend(agent, reference, endpoint))
        {
            return (null, Final(AgentFailures.Rejected, agent, $"may not send the key '{reference}' to {endpoint.Host}; allow it in {ModelOptions.Section}:{nameof(ModelOptions.Keys)} if it is meant"));
        }

        return Read(reference) is { } key
            ? (key, null)
            : (null, Final(AgentFailures.Disabled, agent, $"has no key: set {ReferredSecret.Named(reference)} for the process that calls it"));
    }

    /// <summary>A key that the configuration itself asks for; null when it is not there.</summary>
    internal static string? OfConfiguration(string reference) => Read(reference);

    private bool MaySend(AgentRegistration agent, string reference, Uri endpoint) =>
        SecretGrants.Allow(options.Value.Keys, reference, endpoint)
        || (declared.Find(agent.Name) is { } ours && ours.Model?.ApiKey == reference && SecretGrants.IsOneOf(ours.Instances, endpoint));

    private static string? Read(string reference) => Usable(ReferredSecret.Read(reference));

    // A key becomes a header, which can hold neither line breaks nor letters beyond ASCII.
    private static string? Usable(string? key) => key is not null && key.All(c => c is > ' ' and < '\x7f') ? key : null;

    private static StepFailure Final(string code, AgentRegistration agent, string what) => new(code, $"Agent '{agent.Name}' {what}.", Retryable: false);
}
