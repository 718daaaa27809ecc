using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Steps;

/// <summary>An attempt that its agent has taken on and completes later.</summary>
/// <param name="Until">When the attempt times out, unless the agent is heard of before.</param>
/// <param name="HeardAt">When its newest heartbeat was written down; null before the first.</param>
/// <param name="Progress">0 to 1, as the agent said last.</param>
/// <param name="Note">What the agent said last that it is at.</param>
[GenerateSerializer, Immutable, Alias("deferral")]
public sealed record Deferral(
    [property: Id(0)] string Agent,
    [property: Id(1)] DateTimeOffset Since,
    [property: Id(2)] DateTimeOffset Until,
    [property: Id(3)] DateTimeOffset? HeardAt = null,
    [property: Id(4)] double? Progress = null,
    [property: Id(5)] string? Note = null);

/// <summary>What an agent says in the end about an attempt it had taken on.</summary>
/// <param name="Output">The outcome, where there is no <paramref name="Failure"/>.</param>
/// <param name="Fingerprint">The same for the same completion sent again, 64 hexadecimal digits.</param>
/// <param name="Usage">What the attempt took of language models, as its agent says; null when it says nothing.</param>
[GenerateSerializer, Immutable, Alias("completion")]
public sealed record Completion(
    [property: Id(0)] Payload Output, [property: Id(1)] StepFailure? Failure, [property: Id(2)] string Fingerprint, [property: Id(3)] CallUsage? Usage = null);

/// <summary>What an agent says in between.</summary>
/// <param name="Progress">0 to 1.</param>
[GenerateSerializer, Immutable, Alias("heartbeat")]
public sealed record Heartbeat([property: Id(0)] double? Progress = null, [property: Id(1)] string? Note = null);
