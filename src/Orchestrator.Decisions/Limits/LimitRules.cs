using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.Decisions.Limits;

/// <summary>What a limit may say.</summary>
public static class LimitRules
{
    public const long AmountMax = 1_000_000_000_000;
    public const int ConcurrencyMax = 1_000_000;
    public const int QueueMaxMax = 1_000_000;
    public const int TokensMax = 100_000_000;
    public const int WeightsMax = 1_000;
    public const int WeightMax = 1_000;
    public const int DescriptionLengthMax = 1_024;

    /// <summary>Limits that one step, or one agent, may name.</summary>
    public const int NamedMax = 8;

    public static TimeSpan PeriodMin { get; } = TimeSpan.FromMilliseconds(1);

    public static TimeSpan PeriodMax { get; } = TimeSpan.FromDays(31);

    public static Limit Complete(Limit limit) => limit with { Weights = limit.Weights.IsDefault ? [] : limit.Weights };

    /// <summary>Every rule that a completed limit breaks, in one refusal; null when it breaks none.</summary>
    public static Refusal? Check(Limit limit)
    {
        var problems = Problems(limit).ToList();
        return problems.Count == 0 ? null : new Refusal("limit.invalid", string.Join(" ", problems.Select(problem => problem.Message)));
    }

    /// <summary>Each problem with the member it is about.</summary>
    public static IEnumerable<(string Member, string Message)> Problems(Limit limit) =>
        CapacityProblems(limit).Concat(WaitingProblems(limit)).Concat(KeyProblems(limit));

    private static IEnumerable<(string Member, string Message)> CapacityProblems(Limit limit)
    {
        if (!AgentRules.IsName(limit.Name))
        {
            yield return ("name", $"A limit's name has 1 to {AgentRules.NameLengthMax} letters, digits, '.', '_' and '-'.");
        }

        if (limit is { Requests: null, Tokens: null, Concurrency: null })
        {
            yield return ("requests", "A limit counts requests, tokens or calls at a time (concurrency); found none of them.");
        }

        foreach (var (member, rate) in new[] { ("requests", limit.Requests), ("tokens", limit.Tokens) })
        {
            if (rate is not null && (rate.Amount is < 1 or > AmountMax || rate.Burst is < 1 or > AmountMax))
            {
                yield return (member, $"The amount and the burst of {member} are 1 to 1,000,000,000,000, not {rate.Amount} and {rate.Burst}.");
            }

            if (rate is not null && (rate.Per < PeriodMin || rate.Per > PeriodMax))
            {
                yield return (member, $"The period of {member} is 1 ms to 31 days, not {rate.Per}.");
            }
        }

        if (limit.Concurrency is < 1 or > ConcurrencyMax)
        {
            yield return ("concurrency", $"A concurrency is 1 to 1,000,000, not {limit.Concurrency}.");
        }

        if (limit.TokensEstimate is < 1 or > TokensMax)
        {
            yield return ("tokensEstimate", $"An estimate is 1 to 100,000,000 tokens, not {limit.TokensEstimate}.");
        }
    }

    private static IEnumerable<(string Member, string Message)> WaitingProblems(Limit limit)
    {
        if (!Enum.IsDefined(limit.OnLimit) || limit.OnLimit == OnLimit.None || !Enum.IsDefined(limit.Scope) || limit.Scope == LimitScope.None)
        {
            yield return ("onLimit", "onLimit is reject, queue, wait or degrade; scope is global, agent, plan or key.");
        }

        if (limit.QueueMax is < 0 or > QueueMaxMax)
        {
            yield return ("queueMax", $"A queue has room for 0 to 1,000,000 calls, not {limit.QueueMax}.");
        }

        if (limit.WaitMax is { } wait && (limit.OnLimit != OnLimit.Wait || wait < PeriodMin || wait > PeriodMax))
        {
            yield return ("waitMax", $"waitMax goes with onLimit: wait, and is 1 ms to 31 days, not {wait} with {limit.OnLimit}.");
        }

        var fallbacks = (limit.FallbackAgent is null ? 0 : 1) + (limit.FallbackModel is null ? 0 : 1);
        if (fallbacks != (limit.OnLimit == OnLimit.Degrade ? 1 : 0))
        {
            yield return ("fallbackAgent", $"A limit with onLimit: degrade names fallbackAgent or fallbackModel, and any other limit neither; found {fallbacks} of them with {limit.OnLimit}.");
        }

        if (limit.FallbackAgent is not null && !AgentRules.IsName(limit.FallbackAgent))
        {
            yield return ("fallbackAgent", $"An agent's name has 1 to {AgentRules.NameLengthMax} letters, digits, '.', '_' and '-'.");
        }

        if (limit.FallbackModel is { } model && (model.Length is 0 or > ModelRules.NameLengthMax || model.Any(char.IsControl)))
        {
            yield return ("fallbackModel", $"A model's name has 1 to {ModelRules.NameLengthMax} characters and no control characters.");
        }
    }

    private static IEnumerable<(string Member, string Message)> KeyProblems(Limit limit)
    {
        if (!LimitKeys.IsSource(limit.KeyFrom))
        {
            yield return ("keyFrom", "keyFrom is workflow, plan, agent, or tag: followed by the name of a tag, such as tag:tenant.");
        }

        if (limit.Weights.Length > WeightsMax || limit.Weights.Any(one => one.Key.Length > LimitKeys.LengthMax || one.Weight is < 1 or > WeightMax))
        {
            yield return ("weights", $"There are at most {WeightsMax} weights, each 1 to {WeightMax}, for keys of at most {LimitKeys.LengthMax} characters.");
        }

        if (limit.Weights.DistinctBy(one => one.Key).Count() != limit.Weights.Length)
        {
            yield return ("weights", "A key has one weight, and one of them has two.");
        }

        if (limit.Description is { Length: > DescriptionLengthMax })
        {
            yield return ("description", $"A description has at most {DescriptionLengthMax} characters.");
        }
    }
}
