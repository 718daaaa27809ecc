using System.Collections.Immutable;
using Orchestrator.Decisions.Routing;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Execution.Routing;

/// <summary>A model that says which agents a request in words belongs to.</summary>
/// <remarks>
/// Bad answers and failures of the model are judgements too (<see cref="RouteJudgement.Unusable"/>), never exceptions: the caller falls back to keywords and
/// records why. When <paramref name="cancellationToken"/> fires, the question is given up and <see cref="OperationCanceledException"/> is thrown. The caller
/// sets the time, keeps answers, and drops every name that is not among the candidates, so an implementation needs to do none of this.
/// </remarks>
public interface IRouteJudge
{
    /// <returns>Null when no model is configured.</returns>
    ValueTask<RouteJudgement?> JudgeAsync(RouteQuestion question, CancellationToken cancellationToken);
}

/// <summary>What the model is asked (S4-16, S4-18).</summary>
/// <param name="Candidates">At least two, by name, each once. No other agent may be named.</param>
/// <param name="Complexity">How hard it is to answer, and so how large a model should.</param>
public sealed record RouteQuestion(RoutingRequest Request, ImmutableArray<CandidateAgent> Candidates, RoutingComplexity Complexity = RoutingComplexity.Complex);

/// <summary>What the model said.</summary>
public abstract record RouteJudgement
{
    private RouteJudgement()
    {
    }

    /// <summary>S4-17.</summary>
    /// <param name="PrimaryAgent">The candidate that fits best.</param>
    /// <param name="SecondaryAgents">Others that may help, the best first.</param>
    /// <param name="Confidence">0 to 1; 0.5 where the model does not say.</param>
    /// <param name="Reasoning">In the model's words; empty where it gives none.</param>
    public sealed record Chosen(string PrimaryAgent, ImmutableArray<string> SecondaryAgents, double Confidence = 0.5, string Reasoning = "") : RouteJudgement;

    /// <summary>There was an answer that cannot be used, or none.</summary>
    /// <param name="Why">One sentence for people, without the user's words and without secrets; kept with the decision.</param>
    public sealed record Unusable(string Why) : RouteJudgement;
}
