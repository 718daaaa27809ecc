using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Agents;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>Finds the key of an agent's endpoint at the moment it is called, so that a registration never holds one and a changed key needs no restart.</summary>
public sealed class ModelKeys(IOptions<ModelOptions> options, IDeclaredAgents declared)
{
    private const string FromEnvironment = "env:";
    private const string FromFile = "file:";
    private const int FileBytesMax = 65_536;

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
            : (null, Final(AgentFailures.Disabled, agent, $"has no key: set {Named(reference)} for the process that calls it"));
    }

    /// <summary>A key that the configuration itself asks for; null when it is not there.</summary>
    internal static string? OfConfiguration(string reference) => Read(reference);

    private bool MaySend(AgentRegistration agent, string reference, Uri endpoint) =>
        options.Value.Keys.Any(grant => grant.From == reference && grant.Hosts.Contains(endpoint.Host, StringComparer.OrdinalIgnoreCase))
        || (declared.Find(agent.Name) is { } ours && ours.Model?.ApiKey == reference && ours.Instances.Any(instance => IsAt(instance, endpoint)));

    private static bool IsAt(AgentInstance instance, Uri endpoint) =>
        Uri.TryCreate(instance.Endpoint, UriKind.Absolute, out var known) && known.Scheme == endpoint.Scheme && known.Authority == endpoint.Authority;

    private static string? Read(string reference)
    {
        if (!ModelRules.IsReference(reference))
        {
            return null;
        }

        if (reference.StartsWith(FromEnvironment, StringComparison.Ordinal))
        {
            return Usable(Environment.GetEnvironmentVariable(reference[FromEnvironment.Length..]));
        }

        var file = new FileInfo(reference[FromFile.Length..]);
        try
        {
            return file.Exists && file.Length <= FileBytesMax ? Usable(File.ReadAllText(file.FullName)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A key becomes a header, which can hold neither line breaks nor letters beyond ASCII.
    private static string? Usable(string? key) => key?.Trim() is { Length: > 0 } trimmed && trimmed.All(c => c is > ' ' and < '\x7f') ? trimmed : null;

    private static string Named(string reference) =>
        reference.StartsWith(FromEnvironment, StringComparison.Ordinal) ? $"the environment variable {reference[FromEnvironment.Length..]}" : $"the file {reference[FromFile.Length..]}";

    private static StepFailure Final(string code, AgentRegistration agent, string what) => new(code, $"Agent '{agent.Name}' {what}.", Retryable: false);
}
