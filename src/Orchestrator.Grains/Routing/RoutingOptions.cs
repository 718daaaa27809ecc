using System.ComponentModel.DataAnnotations;
using Orchestrator.Decisions.Routing;
using Orchestrator.Execution.Routing;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Grains.Routing;

/// <summary>How requests find their agents.</summary>
public sealed class RoutingOptions
{
    public const string Section = "Routing";

    /// <summary>Who is heard when a request in words is routed (S4-08).</summary>
    /// <value>Simple (rules), Llm (a model, rules where it fails) or Hybrid (rules, a model where they find nobody or several). The default is Hybrid.</value>
    [EnumDataType(typeof(RoutingStrategy))]
    public RoutingStrategy Strategy { get; set; } = RoutingPolicy.Default.Strategy;

    /// <summary>Keywords count inside words too, as in <c>hi</c> in <c>this</c>.</summary>
    /// <value>The default is false: a keyword begins and ends where words do.</value>
    public bool Substring { get; set; }

    /// <summary>Agents that take a request which nothing spoke for. Names that no agent has are passed over.</summary>
    /// <value>The default is <c>chat_agent</c> (S4-14).</value>
    public string[]? FallbackAgents { get; set; }

    /// <summary>Agents that a model is told of at most.</summary>
    /// <value>2 to 1,000. The default is 50.</value>
    [Range(2, 1_000)]
    public int CandidatesMax { get; set; } = RoutingPolicy.Default.CandidatesMax;

    /// <summary>How long a model may take before a request is routed by rules.</summary>
    /// <value>100 ms to 25 s. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:25")]
    public TimeSpan JudgePatience { get; set; } = RouteJudgingPolicy.Default.Patience;

    /// <summary>Answers of a model kept by each router.</summary>
    /// <value>0 to 100,000. The default is 1,000.</value>
    [Range(0, 100_000)]
    public int JudgementsKept { get; set; } = RouteJudgingPolicy.Default.KeptMax;

    /// <summary>How long an answer of a model stands for the same question.</summary>
    /// <value>0 to 1 day. The default is 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan JudgementsKeptFor { get; set; } = RouteJudgingPolicy.Default.KeptFor;

    /// <summary>Routes stored beside the declared ones. One more is refused with <c>route.too_many</c>.</summary>
    /// <value>1 to 10,000. The default is 1,000; the table is one record, so a change costs a write of all of them.</value>
    [Range(1, 10_000)]
    public int RoutesMax { get; set; } = 1_000;

    internal RoutingPolicy ToPolicy() => new(Strategy, Substring, FallbackAgents is { } agents ? [.. agents] : RoutingPolicy.Default.FallbackAgents, CandidatesMax);

    internal RouteJudgingPolicy ToJudgingPolicy() => new(JudgePatience, JudgementsKept, JudgementsKeptFor);
}
