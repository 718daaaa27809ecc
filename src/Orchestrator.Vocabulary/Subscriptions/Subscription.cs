using System.Collections.Immutable;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Subscriptions;

/// <summary>What is to be done about events: for each that fits, one workflow.</summary>
/// <param name="Name">1 to 64 letters, digits, '.', '_' and '-'; one name, one subscription.</param>
/// <param name="Topic">The topic whose events are looked at.</param>
/// <param name="Types">Types that fit, or other names of theirs; empty for all.</param>
/// <param name="When">A condition on the event, which it knows as <c>input</c>; null for none.</param>
/// <param name="Plan">The named plan to start, in its newest version.</param>
/// <param name="Agent">Or the agent to call.</param>
/// <param name="Action">What the agent is asked to do; null for what it does without being asked.</param>
/// <param name="Input">A template for the workflow's input, in which the event is <c>input</c>; null for the event itself.</param>
/// <param name="Priority">1 to 5, 5 the most urgent.</param>
/// <param name="Enabled">One that is not passes events over, for good.</param>
[GenerateSerializer, Immutable, Alias("event-subscription")]
public sealed record Subscription(
    [property: Id(0)] string Name,
    [property: Id(1)] string Topic,
    [property: Id(2)] ImmutableArray<string> Types = default,
    [property: Id(3)] string? When = null,
    [property: Id(4)] string? Plan = null,
    [property: Id(5)] string? Agent = null,
    [property: Id(6)] string? Action = null,
    [property: Id(7)] Payload? Input = null,
    [property: Id(8)] int Priority = 3,
    [property: Id(9)] bool Enabled = true,
    [property: Id(10)] string? Description = null);
