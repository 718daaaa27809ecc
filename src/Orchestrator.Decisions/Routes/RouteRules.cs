using System.Collections.Immutable;
using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.Decisions.Routes;

/// <summary>What a route may say.</summary>
public static class RouteRules
{
    public const int TargetsMax = 32;
    public const int KeywordsMax = 256;
    public const int KeywordLengthMax = 128;
    public const int DescriptionLengthMax = 1_024;

    public static TimeSpan TimeoutMin { get; } = TimeSpan.FromMilliseconds(10);

    public static TimeSpan TimeoutMax { get; } = TimeSpan.FromDays(30);

    /// <summary>The route with what was left out put in: empty lists, and the pattern for a name.</summary>
    public static Route Complete(Route route) => route with
    {
        Name = route.Name.Length == 0 && route.Pattern is { } pattern ? pattern : route.Name,
        TargetAgents = route.TargetAgents.IsDefault ? [] : route.TargetAgents,
        Keywords = route.Keywords.IsDefault ? [] : route.Keywords,
    };

    /// <summary>Every rule that a completed route breaks, in one refusal; null when it breaks none.</summary>
    public static Refusal? Check(Route route)
    {
        var problems = Problems(route).ToList();
        return problems.Count == 0 ? null : new Refusal("route.invalid", string.Join(" ", problems.Select(problem => problem.Message)));
    }

    /// <summary>Each problem with the member it is about.</summary>
    public static IEnumerable<(string Member, string Message)> Problems(Route route)
    {
        if (!AgentRules.IsName(route.Name))
        {
            yield return ("name", $"A route's name has 1 to {AgentRules.NameLengthMax} letters, digits, '.', '_' and '-'.");
        }

        if (route.Pattern is not null && !AgentRules.IsName(route.Pattern))
        {
            yield return ("pattern", $"A pattern has 1 to {AgentRules.NameLengthMax} letters, digits, '.', '_' and '-'.");
        }

        if (route.Pattern is null && route.Keywords.IsEmpty && route.Capability is null)
        {
            yield return ("pattern", "A route is found by a pattern, by keywords or by a capability; found none of them.");
        }

        if (route.TargetAgents.IsEmpty && route.Capability is null)
        {
            yield return ("targetAgent", "A route leads to agents, by name or by capability; found neither.");
        }

        if (route.TargetAgents.Length > TargetsMax || route.TargetAgents.Any(agent => !AgentRules.IsName(agent)) || route.TargetAgents.Distinct(StringComparer.Ordinal).Count() < route.TargetAgents.Length)
        {
            yield return ("targetAgents", $"There are at most {TargetsMax} target agents, each the name of an agent, each once.");
        }

        if (route.Keywords.Length > KeywordsMax || route.Keywords.Any(word => string.IsNullOrWhiteSpace(word) || word.Length > KeywordLengthMax || word.Any(char.IsControl)))
        {
            yield return ("keywords", $"There are at most {KeywordsMax} keywords, each of 1 to {KeywordLengthMax} characters without control characters.");
        }

        if (route.Capability is { } capability && (string.IsNullOrWhiteSpace(capability) || capability.Length > AgentRules.NameLengthMax))
        {
            yield return ("capability", $"A capability has 1 to {AgentRules.NameLengthMax} characters.");
        }

        if (route.Timeout is { } timeout && (timeout < TimeoutMin || timeout > TimeoutMax))
        {
            yield return ("timeout", "A timeout is 10 ms to 30 days.");
        }

        if (route.Priority is < 1 or > 5)
        {
            yield return ("priority", $"A priority is 1 to 5, 5 the most urgent, not {route.Priority}.");
        }

        if (route.Description is { Length: > DescriptionLengthMax })
        {
            yield return ("description", $"A description has at most {DescriptionLengthMax} characters.");
        }
    }
}
