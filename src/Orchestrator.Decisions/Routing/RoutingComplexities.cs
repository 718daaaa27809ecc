using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Decisions.Routing;

/// <summary>Judges how hard a request is to route: one point each for long words, very long words, several agents, many agents, and rules that cannot decide. Two points are complex.</summary>
public static class RoutingComplexities
{
    /// <summary>Characters of the request that a person takes in at a glance.</summary>
    public const int LongFrom = 280;

    /// <summary>Characters, or earlier messages times <see cref="LongFrom"/>, that have to be read through.</summary>
    public const int VeryLongFrom = 2_000;

    public const int SeveralFrom = 5;

    public const int ManyFrom = 17;

    private const int ComplexFrom = 2;

    /// <param name="candidates">Agents that a model would choose among.</param>
    /// <param name="rules">What the rules say of the same request.</param>
    public static RoutingComplexity Of(RoutingRequest request, int candidates, RoutingDecision rules)
    {
        var length = request.Content.Length + (request.History.IsDefault ? 0 : request.History.Length * LongFrom);
        var points = Point(length >= LongFrom) + Point(length >= VeryLongFrom) + Point(candidates >= SeveralFrom) + Point(candidates >= ManyFrom) + Point(IsOpen(rules));
        return points >= ComplexFrom ? RoutingComplexity.Complex : RoutingComplexity.Simple;
    }

    // Nothing speaks for anybody, or as much for one as for another.
    private static bool IsOpen(RoutingDecision rules)
    {
        var chosen = rules.Method == RoutingMethod.Keywords ? rules.Chosen.Select(candidate => candidate.Score).OrderDescending().Take(2).ToList() : [];
        return chosen.Count == 0 || (chosen.Count == 2 && chosen[0] <= chosen[1]);
    }

    private static int Point(bool given) => given ? 1 : 0;
}
