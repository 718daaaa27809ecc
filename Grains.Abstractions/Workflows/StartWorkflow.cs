using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>Everything a workflow begins with.</summary>
/// <param name="Plan">Validated.</param>
/// <param name="Priority">1 to 5, 5 the most urgent.</param>
/// <param name="IdempotencyKey">The caller's key with its scope; one key starts one workflow.</param>
/// <param name="Fingerprint">Of the request's content, to tell a repeated request from a mistaken one.</param>
[GenerateSerializer, Immutable, Alias("start-workflow")]
public sealed record StartWorkflow(
    [property: Id(0)] Plan Plan,
    [property: Id(1)] Payload Input,
    [property: Id(2)] int Priority,
    [property: Id(3)] ImmutableSortedDictionary<string, string> Tags,
    [property: Id(4)] string Fingerprint,
    [property: Id(5)] string? IdempotencyKey = null,
    [property: Id(6)] WorkflowOrigin? Origin = null,
    [property: Id(7)] string? PlanName = null,
    [property: Id(8)] int? PlanVersion = null,
    [property: Id(9)] string? CallbackUrl = null,
    [property: Id(10)] string? TraceParent = null);

/// <summary>Which workflow the request started, or why it was refused.</summary>
/// <param name="Replayed">The workflow had been started before by the same request.</param>
[GenerateSerializer, Immutable, Alias("start-reply")]
public sealed record StartReply(
    [property: Id(0)] WorkflowId Id,
    [property: Id(1)] DateTimeOffset CreatedAt,
    [property: Id(2)] bool Replayed = false,
    [property: Id(3)] Refusal? Refusal = null);
