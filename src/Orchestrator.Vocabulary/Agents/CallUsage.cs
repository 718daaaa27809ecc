namespace Orchestrator.Vocabulary.Agents;

/// <summary>What calling a language model took, as its endpoint counted it.</summary>
/// <param name="Requests">Requests made to models: more than one where a model was replaced, asked for a repair, or told what a tool answered.</param>
/// <param name="TokensIn">Tokens of the prompts.</param>
/// <param name="TokensOut">Tokens of the completions.</param>
/// <param name="Cost">In the currency of the agent's prices; null where the agent has none.</param>
/// <param name="Model">The model that answered last, as its endpoint calls it; null where several agents are counted together.</param>
[GenerateSerializer, Immutable, Alias("call-usage")]
public sealed record CallUsage(
    [property: Id(0)] int Requests,
    [property: Id(1)] long TokensIn,
    [property: Id(2)] long TokensOut,
    [property: Id(3)] decimal? Cost = null,
    [property: Id(4)] string? Model = null)
{
    /// <summary>Both together. A cost that only one of them knows is that one's.</summary>
    public static CallUsage? Sum(CallUsage? one, CallUsage? other) => (one, other) switch
    {
        (null, _) => other,
        (_, null) => one,
        _ => new(
            one.Requests + other.Requests,
            one.TokensIn + other.TokensIn,
            one.TokensOut + other.TokensOut,
            one.Cost is null && other.Cost is null ? null : (one.Cost ?? 0) + (other.Cost ?? 0),
            other.Model ?? one.Model),
    };
}
