using System.Collections.Immutable;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.ApiHost.Agents;

/// <summary>Which language model an agent is, and how it is asked.</summary>
/// <param name="Name">The model as its endpoint calls it, such as <c>llama3.2:3b</c>.</param>
/// <param name="Fallbacks">Models of the same endpoint that are asked in turn when the one before is overloaded (429), broken (5xx) or too slow: at most 8.</param>
/// <param name="System">What the model is told first; <c>${{ input.x }}</c> stands for a value, as JSON.</param>
/// <param name="Prompt">What the model is asked; without it the input itself.</param>
/// <param name="Temperature">0 to 2.</param>
/// <param name="TokensMax">Tokens of one completion.</param>
/// <param name="OutputSchema">A JSON schema that the output is held to; an answer that is not of it is mended once, and fails the attempt then.</param>
/// <param name="Tools">Names of agents that the model may call: at most 32.</param>
/// <param name="ToolCallsMax">Calls of tools within one attempt: 1 to 100; 8 without one.</param>
/// <param name="ToolDepthMax">How many agents may stand between a step and a tool that this one calls, itself included: 1 to 5; 2 without one.</param>
/// <param name="PriceIn">Money for a million tokens of prompt.</param>
/// <param name="PriceOut">Money for a million tokens of completion.</param>
/// <param name="ApiKey">Where the key is: <c>env:NAME</c> or <c>file:PATH</c>, one that <c>Models:Keys</c> allows for the endpoint's host.</param>
/// <param name="Streams">Whether the answer is read as it is made; true without one.</param>
/// <param name="RequestTimeout">How long one request to one model may take, ISO 8601, up to a day; the host's setting without one.</param>
internal sealed record ModelRequest(
    string? Name = null,
    ImmutableArray<string>? Fallbacks = null,
    string? System = null,
    string? Prompt = null,
    double? Temperature = null,
    int? TokensMax = null,
    Payload? OutputSchema = null,
    ImmutableArray<string>? Tools = null,
    int ToolCallsMax = 8,
    int ToolDepthMax = 2,
    decimal? PriceIn = null,
    decimal? PriceOut = null,
    string? ApiKey = null,
    bool Streams = true,
    string? RequestTimeout = null)
{
    /// <summary>What is not checked here, the rules of registrations check: <c>agent.invalid</c> names it.</summary>
    public ModelSettings Settings(RequestCheck check)
    {
        if (Name is not { Length: > 0 })
        {
            check.Member("/model/name", "A model has a name, such as llama3.2:3b.");
        }

        TimeSpan? timeout = null;
        if (RequestTimeout is not null)
        {
            if (IsoDuration.TryRead(RequestTimeout, out var time) && time > TimeSpan.Zero && time <= TimeSpan.FromDays(1))
            {
                timeout = time;
            }
            else
            {
                check.Member("/model/requestTimeout", $"The request timeout is an ISO 8601 duration up to a day, such as PT60S, found '{RequestCheck.Shown(RequestTimeout)}'.");
            }
        }

        return new(
            Name ?? "", Fallbacks ?? [], System, Prompt, Temperature, TokensMax, OutputSchema, Tools ?? [], ToolCallsMax, ToolDepthMax, PriceIn, PriceOut, ApiKey, Streams, timeout);
    }
}

/// <summary>The model behind an agent.</summary>
/// <param name="ApiKey">Where the key is; never the key.</param>
internal sealed record ModelResponse(
    string Name,
    ImmutableArray<string> Fallbacks,
    string? System,
    string? Prompt,
    double? Temperature,
    int? TokensMax,
    Payload? OutputSchema,
    ImmutableArray<string> Tools,
    int ToolCallsMax,
    int ToolDepthMax,
    decimal? PriceIn,
    decimal? PriceOut,
    string? ApiKey,
    bool Streams,
    long? RequestTimeoutMs)
{
    public static ModelResponse? Of(ModelSettings? model) => model is null ? null : new(
        model.Name,
        model.Fallbacks.IsDefault ? [] : model.Fallbacks,
        model.System,
        model.Prompt,
        model.Temperature,
        model.TokensMax,
        model.OutputSchema,
        model.Tools.IsDefault ? [] : model.Tools,
        model.ToolCallsMax,
        model.ToolDepthMax,
        model.PriceIn,
        model.PriceOut,
        model.ApiKey,
        model.Streams,
        (long?)model.RequestTimeout?.TotalMilliseconds);
}
