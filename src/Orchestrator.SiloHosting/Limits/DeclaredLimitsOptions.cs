using System.ComponentModel.DataAnnotations;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.SiloHosting.Limits;

/// <summary>Named limits that the configuration declares.</summary>
public sealed class DeclaredLimitsOptions
{
    public const string Section = "Limits";

    /// <summary>By name. A limit stored over the API under the same name takes its place until it is removed.</summary>
    public Dictionary<string, LimitDeclaration> Declared { get; set; } = [];
}

/// <summary>A limit as a settings file declares it. It counts requests, tokens or calls at a time, at least one of them.</summary>
public sealed class LimitDeclaration
{
    /// <summary>Whose capacity it is.</summary>
    /// <value>Global, Agent, Plan or Key. The default is Global, which all keys share.</value>
    [EnumDataType(typeof(LimitScope))]
    public LimitScope Scope { get; set; } = LimitScope.Global;

    /// <summary>Where the key of a call is taken from when its step does not say.</summary>
    /// <value><c>workflow</c>, <c>plan</c>, <c>agent</c> or <c>tag:NAME</c>. The default is <c>workflow</c>.</value>
    public string KeyFrom { get; set; } = "workflow";

    /// <summary>Calls in each period.</summary>
    public RateDeclaration? Requests { get; set; }

    /// <summary>Tokens of language models in each period.</summary>
    public RateDeclaration? Tokens { get; set; }

    /// <summary>Calls at a time.</summary>
    /// <value>1 to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public int? Concurrency { get; set; }

    /// <summary>What becomes of a call that finds no room.</summary>
    /// <value>Reject, Queue, Wait or Degrade. The default is Wait.</value>
    [EnumDataType(typeof(OnLimit))]
    public OnLimit OnLimit { get; set; } = OnLimit.Wait;

    /// <summary>How long a call waits under Wait.</summary>
    /// <value>1 ms to 31 days. The default is an hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "31.00:00:00")]
    public TimeSpan? WaitMax { get; set; }

    /// <summary>Calls that may wait.</summary>
    /// <value>0 to 1,000,000. The default is 10,000.</value>
    [Range(0, 1_000_000)]
    public int QueueMax { get; set; } = 10_000;

    /// <summary>Tokens reserved for a call whose step does not say how many it may use.</summary>
    /// <value>1 to 100,000,000. The default is 1,000.</value>
    [Range(1, 100_000_000)]
    public int TokensEstimate { get; set; } = 1_000;

    /// <summary>The agent that is called instead under Degrade.</summary>
    public string? FallbackAgent { get; set; }

    /// <summary>The model that the agent asks instead under Degrade.</summary>
    public string? FallbackModel { get; set; }

    /// <summary>Shares of keys that do not have the usual one of 1, by key: 1 to 1,000.</summary>
    public Dictionary<string, int> Weights { get; set; } = [];

    public string? Description { get; set; }

    internal Limit ToLimit(string name) => new(
        name, Scope, KeyFrom, Requests?.ToRate(), Tokens?.ToRate(), Concurrency, OnLimit, WaitMax, QueueMax, TokensEstimate, FallbackAgent, FallbackModel,
        [.. Weights.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new KeyWeight(one.Key, one.Value))],
        Description);
}

/// <summary>So much in each period.</summary>
public sealed class RateDeclaration
{
    /// <summary>How much.</summary>
    /// <value>1 to 1,000,000,000,000.</value>
    [Range(1, 1_000_000_000_000)]
    public long Amount { get; set; }

    /// <summary>The period.</summary>
    /// <value>1 ms to 31 days. The default is a minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "31.00:00:00")]
    public TimeSpan Per { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What may come at once after a rest.</summary>
    /// <value>1 to 1,000,000,000,000. The default is the amount.</value>
    [Range(1, 1_000_000_000_000)]
    public long? Burst { get; set; }

    internal LimitRate ToRate() => new(Amount, Per, Burst ?? Amount);
}
