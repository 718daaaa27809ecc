using System.Collections.Immutable;
using Orchestrator.Decisions.Routes;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Routes;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Decisions.Routing;

/// <summary>Where requests go, decided on one state of the routes and the agents. Pure: the same question has the same answer.</summary>
/// <remarks>
/// A request in words is matched against the keywords of routes, in their order; every agent they lead to is chosen (S4-14). Where no route speaks for an
/// available agent, the agents' own keywords and capabilities are asked, and the best of them is chosen. Where nothing speaks for anybody, the fallback
/// agents are. A model may choose among candidates only; its word counts for nothing beyond them.
/// </remarks>
public sealed class RequestRouting
{
    private const string DefaultAction = "process_request";

    private readonly RouteTable routes;
    private readonly ImmutableArray<AgentRegistration> agents;
    private readonly Dictionary<string, AgentRegistration> byName;
    private readonly RoutingPolicy policy;

    public RequestRouting(RouteTable routes, IEnumerable<AgentRegistration> agents, RoutingPolicy policy)
    {
        this.routes = routes;
        this.agents = [.. agents.OrderBy(agent => agent.Name, StringComparer.Ordinal)];
        this.policy = policy;
        byName = this.agents.ToDictionary(agent => agent.Name, StringComparer.Ordinal);
    }

    /// <summary>A task goes to the first target of the route that has exactly this pattern, whether that agent can be called now or not.</summary>
    public RoutingDecision ByPattern(string pattern)
    {
        if (routes.ByPattern(pattern) is not { } route)
        {
            var meant = Spelling.Nearest(pattern, [.. routes.Patterns]);
            return Nobody(RoutingMethod.Pattern, "pattern.unknown", $"Unknown pattern '{pattern}'", meant is null ? "No enabled route has it." : $"No enabled route has it; '{meant}' is like it.");
        }

        var targets = TargetsOf(route, $"Route '{route.Name}' has the pattern '{pattern}'.", 1).ToList();
        return targets.Count == 0
            ? Nobody(RoutingMethod.Pattern, "request.no_agent", $"Route '{route.Name}' leads to agents that can '{route.Capability}', and there are none.", "") with { Route = route }
            : new(RoutingMethod.Pattern, [.. targets.Select((target, index) => target with { Chosen = index == 0 })], 1, targets[0].Reasons[0], Route: route);
    }

    /// <summary>The agents that can do something, those a route names for it first, then the most specialised.</summary>
    public RoutingDecision ByCapability(string capability)
    {
        var candidates = (routes.ByCapability(capability) is { } route ? TargetsOf(route, $"Route '{route.Name}' is for '{capability}'.", 1) : [])
            .Concat(Able(capability).Select(agent => Candidate(agent, capability, 1d / agent.Capabilities.Length, $"Agent '{agent.Name}' can '{capability}' and {agent.Capabilities.Length - 1} other things.")))
            .DistinctBy(candidate => candidate.Agent)
            .ToList();
        return Settle(RoutingMethod.Capability, candidates, available => available.Take(1), $"No available agent can '{capability}'.");
    }

    /// <summary>What the rules alone make of a request in words.</summary>
    public RoutingDecision ByRules(string content)
    {
        var text = KeywordMatch.Prepare(content);
        var named = ByRoutes(text);
        if (named.Any(candidate => candidate.Unavailable is null))
        {
            return Settle(RoutingMethod.Keywords, named, available => available, "");
        }

        var own = ByOwnWords(text);
        if (own.Any(candidate => candidate.Unavailable is null))
        {
            return Settle(RoutingMethod.Keywords, [.. named.Concat(own).DistinctBy(candidate => candidate.Agent)], available => available.Take(1), "");
        }

        var fallback = policy.FallbackAgents.Select(name => Target(name, null, 0, $"Nothing spoke for any agent; '{name}' is there for such requests."));
        return Settle(
            RoutingMethod.Fallback, [.. named.Concat(own).Concat(fallback).DistinctBy(candidate => candidate.Agent)], available => available,
            $"No keyword, no capability speaks for an agent that can be called, and none of the fallback agents ({string.Join(", ", policy.FallbackAgents)}) can be.");
    }

    /// <summary>Whom a model is to choose among; empty when it is not to be asked.</summary>
    /// <param name="rules">What the rules say.</param>
    public ImmutableArray<CandidateAgent> ToJudge(RoutingDecision rules, RoutingStrategy strategy)
    {
        var chosen = rules.Chosen.Select(candidate => candidate.Agent).ToHashSet(StringComparer.Ordinal);
        var sure = rules.Method == RoutingMethod.Keywords && chosen.Count == 1;
        if (strategy == RoutingStrategy.Simple || (strategy == RoutingStrategy.Hybrid && sure))
        {
            return [];
        }

        // Rules that found several have narrowed the question; rules that found nobody have not.
        var narrowed = strategy == RoutingStrategy.Hybrid && rules.Method == RoutingMethod.Keywords;
        var scores = rules.Candidates.ToDictionary(candidate => candidate.Agent, candidate => candidate.Score, StringComparer.Ordinal);
        ImmutableArray<CandidateAgent> candidates =
        [
            .. agents.Where(agent => WhyNot(agent) is null && (!narrowed || chosen.Contains(agent.Name)))
                .OrderByDescending(agent => scores.GetValueOrDefault(agent.Name)).ThenBy(agent => agent.Name, StringComparer.Ordinal)
                .Take(policy.CandidatesMax)
                .OrderBy(agent => agent.Name, StringComparer.Ordinal)
                .Select(agent => new CandidateAgent(agent.Name, agent.Description, agent.Keywords.IsDefault ? [] : agent.Keywords, agent.Capabilities)),
        ];
        return candidates.Length < 2 ? [] : candidates;
    }

    /// <summary>The decision with the model's word in it; the rules' own, and why, where that word cannot be used.</summary>
    public RoutingDecision Judged(
        RoutingDecision rules, ImmutableArray<CandidateAgent> candidates, string primary, ImmutableArray<string> secondary, double confidence, string reasoning)
    {
        if (candidates.All(candidate => candidate.Name != primary))
        {
            return Unheard(rules, "The model named an agent that was not among the candidates.");
        }

        if (double.IsNaN(confidence) || confidence is < 0 or > 1)
        {
            return Unheard(rules, "The model gave a confidence that is not between 0 and 1.");
        }

        string[] chosen = [primary, .. (secondary.IsDefault ? [] : secondary).Where(name => name != primary && candidates.Any(candidate => candidate.Name == name)).Distinct(StringComparer.Ordinal)];
        var known = rules.Candidates.ToDictionary(candidate => candidate.Agent, StringComparer.Ordinal);
        var picked = chosen.Select((name, index) =>
        {
            var said = index == 0 ? "The model named it first." : "The model named it as one that may help.";
            var score = index == 0 ? confidence : known.GetValueOrDefault(name)?.Score ?? 0;
            return known.TryGetValue(name, out var before)
                ? before with { Chosen = true, Score = score, Reasons = [.. before.Reasons, said] }
                : Target(name, null, score, said) with { Chosen = true };
        });
        return new(
            RoutingMethod.Model,
            [.. picked, .. rules.Candidates.Where(candidate => !chosen.Contains(candidate.Agent, StringComparer.Ordinal)).Select(candidate => candidate with { Chosen = false })],
            confidence,
            reasoning);
    }

    public static RoutingDecision Unheard(RoutingDecision rules, string why) => rules with { ModelUnheard = why };

    private List<RoutingCandidate> ByRoutes(string text)
    {
        var match = new KeywordMatch(policy.Substring);
        var found = new List<RoutingCandidate>();
        foreach (var route in routes.Enabled)
        {
            var words = route.Keywords.Where(word => match.IsIn(text, word)).ToList();
            if (words.Count > 0)
            {
                found.AddRange(TargetsOf(route, $"Route '{route.Name}' has the {Words(words)}.", ScoreOf(words.Count)));
            }
        }

        // One agent that several routes lead to is called once, in the place of the first, with all that speaks for it.
        return [.. found.GroupBy(candidate => candidate.Agent, StringComparer.Ordinal).Select(same => same.First() with
        {
            Score = same.Max(candidate => candidate.Score),
            Reasons = [.. same.SelectMany(candidate => candidate.Reasons)],
        })];
    }

    private List<RoutingCandidate> ByOwnWords(string text)
    {
        var match = new KeywordMatch(policy.Substring);
        return
        [
            .. agents.Select(agent =>
            {
                var keywords = (agent.Keywords.IsDefault ? [] : agent.Keywords).Where(word => match.IsIn(text, word)).ToList();
                var actions = agent.Capabilities.Where(action => match.IsIn(text, action) || match.IsIn(text, action.Replace('_', ' '))).ToList();
                var all = keywords.Concat(actions).Distinct(StringComparer.Ordinal).ToList();
                return all.Count == 0 ? null : Candidate(agent, actions.FirstOrDefault(), ScoreOf(all.Count), $"Agent '{agent.Name}' has the {Words(all)}.");
            })
            .OfType<RoutingCandidate>()
            .OrderByDescending(candidate => candidate.Score).ThenBy(candidate => candidate.Agent, StringComparer.Ordinal),
        ];
    }

    private IEnumerable<RoutingCandidate> TargetsOf(Route route, string reason, double score) => route.TargetAgents.IsEmpty
        ? Able(route.Capability!).Select(agent => Candidate(agent, route.Capability, score, reason) with { Route = route.Name })
        : route.TargetAgents.Select(name => Target(name, route, score, reason));

    private RoutingCandidate Target(string name, Route? route, double score, string reason) =>
        byName.TryGetValue(name, out var agent)
            ? Candidate(agent, route?.Capability ?? (route?.Pattern is { } pattern && (agent.Capabilities.IsEmpty || agent.Capabilities.Contains(pattern)) ? pattern : null), score, reason) with { Route = route?.Name }
            : new(name, route?.Capability ?? route?.Pattern ?? DefaultAction, score, Chosen: false, [reason], route?.Name, $"Nobody declared or registered an agent '{name}'.");

    private static RoutingCandidate Candidate(AgentRegistration agent, string? action, double score, string reason) => new(
        agent.Name, action ?? (agent.Capabilities.IsEmpty ? DefaultAction : agent.Capabilities[0]), score, Chosen: false, [reason], Unavailable: WhyNot(agent));

    private IEnumerable<AgentRegistration> Able(string capability) =>
        agents.Where(agent => agent.Capabilities.Contains(capability)).OrderBy(agent => agent.Capabilities.Length).ThenBy(agent => agent.Name, StringComparer.Ordinal);

    private static RoutingDecision Settle(
        RoutingMethod method, IReadOnlyList<RoutingCandidate> candidates, Func<IEnumerable<RoutingCandidate>, IEnumerable<RoutingCandidate>> choose, string nobody)
    {
        var chosen = choose(candidates.Where(candidate => candidate.Unavailable is null)).Select(candidate => candidate with { Chosen = true }).ToList();
        var others = candidates.Where(candidate => chosen.All(one => one.Agent != candidate.Agent));
        return chosen.Count == 0
            ? new(method, [.. others], 0, nobody, Refusal: new Refusal("request.no_agent", nobody))
            : new(method, [.. chosen, .. others], chosen[0].Score, string.Join(" ", chosen.SelectMany(candidate => candidate.Reasons)));
    }

    private static RoutingDecision Nobody(RoutingMethod method, string code, string message, string reasoning) =>
        new(method, [], 0, reasoning, Refusal: new Refusal(code, message));

    private static string? WhyNot(AgentRegistration agent) =>
        agent.Disabled ?? (agent.Instances.IsDefaultOrEmpty ? $"Agent '{agent.Name}' has no place where it can be called." : null);

    private static double ScoreOf(int words) => words / (words + 1d);

    private static string Words(IReadOnlyList<string> words) => (words.Count == 1 ? "word " : "words ") + string.Join(", ", words.Select(word => $"'{word}'"));
}
