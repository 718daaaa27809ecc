using System.Collections.Immutable;
using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>What a registration may say.</summary>
public static class AgentRules
{
    public const int NameLengthMax = 128;
    public const int InstancesMax = 256;
    public const int CapabilitiesMax = 256;
    public const int EndpointLengthMax = 2_048;
    public const int QueueMaxMax = 1_000_000;
    private const int DescriptionLengthMax = 4_096;
    private const int RateMax = 10_000_000;

    /// <summary>The registration with what was left out put in: empty lists, and for an agent in our process its one instance, called like itself.</summary>
    public static AgentRegistration Complete(AgentRegistration agent)
    {
        var instances = agent.Instances.IsDefault ? [] : agent.Instances;
        return agent with
        {
            Capabilities = agent.Capabilities.IsDefault ? [] : agent.Capabilities,
            Keywords = agent.Keywords.IsDefault ? [] : agent.Keywords,
            Limits = agent.Limits.IsDefault ? [] : agent.Limits,
            Model = ModelRules.Complete(agent.Model),
            Balancing = agent.Balancing == Balancing.Weighted ? Balancing.Scored : agent.Balancing,
            Instances = instances.IsEmpty && agent.Kind == AgentKind.Builtin ? [new AgentInstance(agent.Name)] : instances,
        };
    }

    /// <summary>Every rule that a completed registration breaks, in one refusal; null when it breaks none.</summary>
    public static Refusal? Check(AgentRegistration agent)
    {
        var problems = Problems(agent).ToList();
        return problems.Count == 0 ? null : new Refusal("agent.invalid", string.Join(" ", problems));
    }

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= NameLengthMax } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static IEnumerable<string> Problems(AgentRegistration agent)
    {
        if (!IsName(agent.Name))
        {
            yield return $"The name must be 1 to {NameLengthMax} letters, digits, '.', '_' or '-'.";
        }

        if (agent.Kind is not (AgentKind.Builtin or AgentKind.Http or AgentKind.Llm))
        {
            yield return $"The kind '{agent.Kind}' is none.";
        }

        if (agent.Concurrency is < 1 or > 100_000)
        {
            yield return $"concurrency must be 1 to 100,000, not {agent.Concurrency}.";
        }

        if (agent.QueueMax is < 0 or > QueueMaxMax)
        {
            yield return $"queueMax must be 0 to 1,000,000, not {agent.QueueMax}.";
        }

        if (agent.RateLimit is { } limit && (limit.PerMinute is < 1 or > RateMax || limit.Burst is < 1 or > RateMax))
        {
            yield return $"rateLimit must have perMinute and burst of 1 to 10,000,000, not {limit.PerMinute} and {limit.Burst}.";
        }

        if (agent.Breaker is { } breaker && (breaker.FailureThreshold < 1 || breaker.ProbesMax < 1 || breaker.OpenFor <= TimeSpan.Zero || breaker.OpenFor > TimeSpan.FromDays(1)))
        {
            yield return "breaker must have a failureThreshold and probesMax of at least 1 and a recoveryTimeout of more than nothing and at most a day.";
        }

        if (!Enum.IsDefined(agent.Balancing) || agent.Balancing == Balancing.None || !Enum.IsDefined(agent.Body) || agent.Body == BodyShape.None)
        {
            yield return "balancing and body must each be one of their names.";
        }

        if (agent.Description is { Length: > DescriptionLengthMax })
        {
            yield return $"The description may have {DescriptionLengthMax} characters, not {agent.Description.Length}.";
        }

        if (agent.Disabled is { Length: 0 or > DescriptionLengthMax })
        {
            yield return $"disabled must say in 1 to {DescriptionLengthMax} characters what to configure, not in {agent.Disabled.Length}.";
        }

        if (agent.Limits.Length > LimitRules.NamedMax || agent.Limits.Any(name => !IsName(name)) || agent.Limits.Distinct(StringComparer.Ordinal).Count() < agent.Limits.Length)
        {
            yield return $"limits may hold {LimitRules.NamedMax} names of limits, each once.";
        }

        foreach (var problem in NameListProblems("capabilities", agent.Capabilities).Concat(NameListProblems("keywords", agent.Keywords)).Concat(InstanceProblems(agent)).Concat(ModelRules.Problems(agent)).Concat(HealthRules.Problems(agent)).Concat(CredentialRules.Problems(agent)))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> NameListProblems(string list, ImmutableArray<string> names)
    {
        if (names.Length > CapabilitiesMax || names.Any(name => string.IsNullOrWhiteSpace(name) || name.Length > NameLengthMax))
        {
            yield return $"{list} may hold {CapabilitiesMax} entries of 1 to {NameLengthMax} characters.";
        }
    }

    private static IEnumerable<string> InstanceProblems(AgentRegistration agent)
    {
        // What cannot be called need not say where.
        if (agent.Instances.Length > InstancesMax || (agent.Instances.IsEmpty && agent.Disabled is null))
        {
            yield return $"An agent has 1 to {InstancesMax} instances, not {agent.Instances.Length}.";
        }

        if (agent.Instances.DistinctBy(instance => instance.Endpoint).Count() != agent.Instances.Length)
        {
            yield return "Two instances have the same endpoint.";
        }

        foreach (var instance in agent.Instances)
        {
            if (instance.Weight is < 1 or > 1_000)
            {
                yield return $"The weight of '{instance.Endpoint}' must be 1 to 1,000, not {instance.Weight}.";
            }

            if (agent.Kind is AgentKind.Http or AgentKind.Llm && !IsHttpAddress(instance.Endpoint))
            {
                yield return $"The endpoint '{instance.Endpoint}' must be an absolute http or https address without user name or fragment.";
            }
        }
    }

    private static bool IsHttpAddress(string endpoint) =>
        endpoint.Length <= EndpointLengthMax
        && Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri is { UserInfo: "", Fragment: "", Host.Length: > 0 };
}
