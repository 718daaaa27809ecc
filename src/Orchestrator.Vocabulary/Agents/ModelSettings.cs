using System.Collections.Immutable;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Agents;

/// <summary>What makes an agent of the kind <c>llm</c>: a model behind an OpenAI-compatible endpoint, and how it is asked.</summary>
/// <remarks>
/// The prompts are templates with <c>${{ input.x }}</c> in them. Whatever comes from an input is data: it fills a place inside one message and
/// can neither begin a message of its own nor change a message's role.
/// </remarks>
/// <param name="Name">The model as the endpoint calls it, such as <c>llama3.2:3b</c>: 1 to 128 characters.</param>
/// <param name="Fallbacks">Models of the same endpoint that are asked in turn when the one before is overloaded, broken or too slow: at most 8.</param>
/// <param name="System">What the model is told before anything else. Values from the input stand in it as JSON.</param>
/// <param name="Prompt">What the model is asked; without it the input itself, as JSON.</param>
/// <param name="Temperature">0 to 2; the endpoint's own when null.</param>
/// <param name="TokensMax">Tokens of one completion: 1 to 1,000,000; the endpoint's own limit when null.</param>
/// <param name="OutputSchema">A JSON schema. The model is asked for JSON of this shape, and what it answers is checked against it.</param>
/// <param name="Tools">Other agents that the model may call: at most 32.</param>
/// <param name="ToolCallsMax">Calls of tools within one attempt: 1 to 100.</param>
/// <param name="ToolDepthMax">How deep tools may call tools: 1 lets this agent's tools call none themselves. 1 to 5.</param>
/// <param name="PriceIn">Money for a million tokens of prompt.</param>
/// <param name="PriceOut">Money for a million tokens of completion.</param>
/// <param name="ApiKey">Where the endpoint's key is, never the key itself: <c>env:NAME</c> or <c>file:PATH</c>.</param>
/// <param name="Streams">Whether the answer is read as it is made, so that a model that has stopped talking is noticed early.</param>
/// <param name="RequestTimeout">How long one request to one model may take before the next model is asked; the host's setting when null.</param>
[GenerateSerializer, Immutable, Alias("model-settings")]
public sealed record ModelSettings(
    [property: Id(0)] string Name,
    [property: Id(1)] ImmutableArray<string> Fallbacks = default,
    [property: Id(2)] string? System = null,
    [property: Id(3)] string? Prompt = null,
    [property: Id(4)] double? Temperature = null,
    [property: Id(5)] int? TokensMax = null,
    [property: Id(6)] Payload? OutputSchema = null,
    [property: Id(7)] ImmutableArray<string> Tools = default,
    [property: Id(8)] int ToolCallsMax = 8,
    [property: Id(9)] int ToolDepthMax = 2,
    [property: Id(10)] decimal? PriceIn = null,
    [property: Id(11)] decimal? PriceOut = null,
    [property: Id(12)] string? ApiKey = null,
    [property: Id(13)] bool Streams = true,
    [property: Id(14)] TimeSpan? RequestTimeout = null);
