using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Limits;

/// <summary>What becomes of a call that finds no room.</summary>
[GenerateSerializer, Alias("on-limit")]
[JsonConverter(typeof(SnakeCaseEnumConverter<OnLimit>))]
public enum OnLimit
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>It fails at once with <c>limit.exceeded</c> and the time after which it may come again.</summary>
    Reject = 1,

    /// <summary>It waits its turn, for as long as its step may take.</summary>
    Queue = 2,

    /// <summary>It waits its turn for <see cref="Limit.WaitMax"/>, then fails with <c>limit.waited_too_long</c>.</summary>
    Wait = 3,

    /// <summary>It is made at <see cref="Limit.FallbackAgent"/> or with <see cref="Limit.FallbackModel"/> instead.</summary>
    Degrade = 4,
}

/// <summary>Which calls draw on the same capacity.</summary>
[GenerateSerializer, Alias("limit-scope")]
[JsonConverter(typeof(SnakeCaseEnumConverter<LimitScope>))]
public enum LimitScope
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>All of them; keys share it fairly.</summary>
    Global = 1,

    /// <summary>Those of one agent: each agent has the capacity for itself.</summary>
    Agent = 2,

    /// <summary>Those of one plan.</summary>
    Plan = 3,

    /// <summary>Those of one key.</summary>
    Key = 4,
}

/// <summary>So much in each period, refilled evenly.</summary>
/// <param name="Amount">1 to 1,000,000,000,000.</param>
/// <param name="Per">1 ms to 31 days.</param>
/// <param name="Burst">What may come at once after a rest: 1 to 1,000,000,000,000.</param>
[GenerateSerializer, Immutable, Alias("limit-rate")]
public sealed record LimitRate([property: Id(0)] long Amount, [property: Id(1)] TimeSpan Per, [property: Id(2)] long Burst);

/// <summary>How much of a shared capacity a key has beside the others: twice the weight, twice the share.</summary>
/// <param name="Weight">1 to 1,000. A key that is not named has 1.</param>
[GenerateSerializer, Immutable, Alias("key-weight")]
public sealed record KeyWeight([property: Id(0)] string Key, [property: Id(1)] int Weight);

/// <summary>A named limit: how many calls, tokens and calls at a time, for whom, and what becomes of a call that finds no room.</summary>
/// <param name="Name">1 to 128 letters, digits, '.', '_' and '-'; steps and agents refer to it.</param>
/// <param name="KeyFrom">Where the key of a call is taken from when its step does not say: <c>workflow</c>, <c>plan</c>, <c>agent</c>, or <c>tag:NAME</c> for a tag of the workflow.</param>
/// <param name="Requests">Calls; null for any number.</param>
/// <param name="Tokens">Tokens of language models: reserved by estimate, settled by what the call used; null for any number.</param>
/// <param name="Concurrency">Calls under way at the same time: 1 to 1,000,000; null for any number.</param>
/// <param name="WaitMax">With <see cref="OnLimit.Wait"/>: 1 ms to 31 days.</param>
/// <param name="QueueMax">Calls that may wait, 0 to 1,000,000. When the queue is full, who has more than its share of it gives way.</param>
/// <param name="TokensEstimate">Reserved for a call whose step does not say how many tokens it may use.</param>
/// <param name="FallbackAgent">With <see cref="OnLimit.Degrade"/>: the agent that is called instead.</param>
/// <param name="FallbackModel">With <see cref="OnLimit.Degrade"/>: the model that the same agent asks instead.</param>
[GenerateSerializer, Immutable, Alias("limit")]
public sealed record Limit(
    [property: Id(0)] string Name,
    [property: Id(1)] LimitScope Scope = LimitScope.Global,
    [property: Id(2)] string KeyFrom = "workflow",
    [property: Id(3)] LimitRate? Requests = null,
    [property: Id(4)] LimitRate? Tokens = null,
    [property: Id(5)] int? Concurrency = null,
    [property: Id(6)] OnLimit OnLimit = OnLimit.Wait,
    [property: Id(7)] TimeSpan? WaitMax = null,
    [property: Id(8)] int QueueMax = 10_000,
    [property: Id(9)] int TokensEstimate = 1_000,
    [property: Id(10)] string? FallbackAgent = null,
    [property: Id(11)] string? FallbackModel = null,
    [property: Id(12)] ImmutableArray<KeyWeight> Weights = default,
    [property: Id(13)] string? Description = null)
{
    /// <summary>An hour unless told otherwise.</summary>
    [JsonIgnore]
    public TimeSpan Patience => WaitMax ?? TimeSpan.FromHours(1);
}
