using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Agents;

/// <summary>How an agent is called.</summary>
[GenerateSerializer, Alias("agent-kind")]
[JsonConverter(typeof(SnakeCaseEnumConverter<AgentKind>))]
public enum AgentKind
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>A .NET class in our process: shipped with the product or given by the host.</summary>
    Builtin = 1,

    /// <summary>An HTTP service.</summary>
    Http = 2,

    /// <summary>A language model behind an OpenAI-compatible endpoint.</summary>
    Llm = 3,
}

/// <summary>What an HTTP agent gets as its body.</summary>
[GenerateSerializer, Alias("body-shape")]
[JsonConverter(typeof(SnakeCaseEnumConverter<BodyShape>))]
public enum BodyShape
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary><c>{"action", "input", "context"}</c>.</summary>
    Envelope = 1,

    /// <summary>The input itself.</summary>
    Input = 2,
}

/// <summary>How calls are spread over an agent's instances.</summary>
[GenerateSerializer, Alias("balancing")]
[JsonConverter(typeof(SnakeCaseEnumConverter<Balancing>))]
public enum Balancing
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,
    RoundRobin = 1,
    WeightedRoundRobin = 2,
    LeastConnections = 3,

    /// <summary>The one that does best: by response time, success rate, load and health (S4-20).</summary>
    Scored = 4,
    Random = 5,

    /// <summary>All calls of one workflow go to the same instance, as long as it can be called.</summary>
    ConsistentHash = 6,

    /// <summary>Another name of <see cref="Scored"/>. Read, never kept.</summary>
    Weighted = 7,

    /// <summary>One on the machine where the step runs, unless it cannot be called, is not well, or has its share of the agent's concurrency already; then the others.</summary>
    Local = 8,
}

/// <summary>A provider of capabilities, as it was declared.</summary>
/// <param name="Name">1 to 128 of <c>a–z 0–9 . _ -</c> and upper case; plans refer to it.</param>
/// <param name="Capabilities">The actions it can do. An agent without any is only found by name.</param>
/// <param name="Concurrency">Calls under way at the same time over all instances: 1 to 100,000.</param>
/// <param name="QueueMax">Calls that may wait for room; one more is refused with <c>agent.queue_full</c>.</param>
/// <param name="Model">For an agent of the kind <c>llm</c>: which model, and how it is asked.</param>
/// <param name="Health">How its instances are asked whether they are well; null when they are not asked.</param>
/// <param name="Credentials">For an agent of the kind <c>http</c>: what its calls show it; null for nothing.</param>
/// <param name="Limits">Named limits that every call of it draws on: at most 8.</param>
/// <param name="Disabled">Why it cannot be called, and what to configure; null when it can. A call is answered with this text, under <c>agent.disabled</c>.</param>
[GenerateSerializer, Immutable, Alias("agent-registration")]
public sealed record AgentRegistration(
    [property: Id(0)] string Name,
    [property: Id(1)] AgentKind Kind,
    [property: Id(2)] ImmutableArray<string> Capabilities,
    [property: Id(3)] ImmutableArray<AgentInstance> Instances,
    [property: Id(4)] int Concurrency = 100,
    [property: Id(5)] RateLimit? RateLimit = null,
    [property: Id(6)] ImmutableArray<string> Keywords = default,
    [property: Id(7)] string? Description = null,
    [property: Id(8)] BodyShape Body = BodyShape.Envelope,
    [property: Id(9)] Balancing Balancing = Balancing.RoundRobin,
    [property: Id(10)] BreakerPolicy? Breaker = null,
    [property: Id(11)] int QueueMax = 10_000,
    [property: Id(12)] ModelSettings? Model = null,
    [property: Id(13)] string? Disabled = null,
    [property: Id(14)] HealthCheck? Health = null,
    [property: Id(15)] AgentCredentials? Credentials = null,
    [property: Id(16)] ImmutableArray<string> Limits = default);

/// <summary>One place where an agent can be called.</summary>
/// <param name="Endpoint">An absolute http or https address; for a builtin agent its name; for an llm agent the base of the API, such as <c>http://127.0.0.1:11434/v1</c>.</param>
/// <param name="Weight">1 to 1,000; its share under <c>weighted_round_robin</c>, <c>random</c> and <c>consistent_hash</c>.</param>
/// <param name="Drain">It gets no new calls; those under way finish.</param>
[GenerateSerializer, Immutable, Alias("agent-instance")]
public sealed record AgentInstance([property: Id(0)] string Endpoint, [property: Id(1)] int Weight = 1, [property: Id(2)] bool Drain = false);

/// <summary>How the instances of an agent are asked whether they are well: a GET that is answered with 2xx in time.</summary>
/// <param name="Path">Begins with one slash; asked of each instance's host, whatever the path of its endpoint.</param>
/// <param name="Every">5 s to 1 day; 30 s without one (S2-34, S4-47).</param>
/// <param name="UnhealthyAfter">So many checks in a row must fail before an instance counts as unhealthy: 1 to 100.</param>
/// <param name="HealthyAfter">So many must succeed before it counts as healthy again: 1 to 100.</param>
/// <param name="Timeout">At most <paramref name="Every"/>; 5 s without one, or <paramref name="Every"/> where that is shorter.</param>
[GenerateSerializer, Immutable, Alias("health-check")]
public sealed record HealthCheck(
    [property: Id(0)] string Path,
    [property: Id(1)] TimeSpan? Every = null,
    [property: Id(2)] int UnhealthyAfter = 2,
    [property: Id(3)] int HealthyAfter = 2,
    [property: Id(4)] TimeSpan? Timeout = null)
{
    [JsonIgnore]
    public TimeSpan Interval => Every ?? TimeSpan.FromSeconds(30);

    [JsonIgnore]
    public TimeSpan Patience => Timeout ?? (Interval < TimeSpan.FromSeconds(5) ? Interval : TimeSpan.FromSeconds(5));
}

/// <summary>A token bucket: refilled evenly, <paramref name="Burst"/> deep.</summary>
[GenerateSerializer, Immutable, Alias("rate-limit")]
public sealed record RateLimit([property: Id(0)] int PerMinute, [property: Id(1)] int Burst);

/// <summary>When an instance is left alone, and for how long.</summary>
/// <param name="FailureThreshold">Consecutive failures that open the breaker.</param>
/// <param name="RecoveryTimeout">Open lasts this long from the last failure (S4-43); then probes are let through.</param>
/// <param name="ProbesMax">Calls let through at the same time while half-open.</param>
[GenerateSerializer, Immutable, Alias("breaker-policy")]
public sealed record BreakerPolicy(
    [property: Id(0)] int FailureThreshold = 5,
    [property: Id(1)] TimeSpan? RecoveryTimeout = null,
    [property: Id(2)] int ProbesMax = 1)
{
    /// <summary>60 s unless told otherwise (S1-03, S4-42).</summary>
    [JsonIgnore]
    public TimeSpan OpenFor => RecoveryTimeout ?? TimeSpan.FromSeconds(60);
}

[GenerateSerializer, Alias("breaker-status")]
[JsonConverter(typeof(SnakeCaseEnumConverter<BreakerStatus>))]
public enum BreakerStatus
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,
    Closed = 1,
    HalfOpen = 2,
    Open = 3,
}
