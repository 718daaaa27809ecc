using System.ComponentModel.DataAnnotations;
using System.Text;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.SiloHosting.Agents;

/// <summary>A language model as a settings file declares it.</summary>
public sealed class ModelDeclaration : IValidatableObject
{
    /// <summary>The model as its endpoint calls it.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>Models of the same endpoint that are asked in turn when the one before is overloaded, broken or too slow.</summary>
    /// <value>At most 8. The default is none.</value>
    [MaxLength(8)]
    public List<string> Fallbacks { get; set; } = [];

    /// <summary>What the model is told first; <c>${{ input.x }}</c> stands for a value, as JSON.</summary>
    public string? System { get; set; }

    /// <summary>What the model is asked; without it the input itself.</summary>
    public string? Prompt { get; set; }

    /// <value>0 to 2; null, the default, for the endpoint's own.</value>
    [Range(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>Tokens of one completion.</summary>
    /// <value>1 to 1,000,000; null, the default, for the endpoint's own limit.</value>
    [Range(1, 1_000_000)]
    public int? TokensMax { get; set; }

    /// <summary>A JSON schema, written as JSON, that the output is held to.</summary>
    public string? OutputSchema { get; set; }

    /// <summary>Names of agents that the model may call.</summary>
    /// <value>At most 32. The default is none.</value>
    [MaxLength(32)]
    public List<string> Tools { get; set; } = [];

    /// <summary>Calls of tools within one attempt.</summary>
    /// <value>1 to 100. The default is 8.</value>
    [Range(1, 100)]
    public int ToolCallsMax { get; set; } = 8;

    /// <summary>How many agents may stand between a step and a tool that this one calls, itself included.</summary>
    /// <value>1 to 5. The default is 2.</value>
    [Range(1, 5)]
    public int ToolDepthMax { get; set; } = 2;

    /// <summary>Money for a million tokens of prompt.</summary>
    /// <value>0 to 1,000,000; null, the default, when nobody counts.</value>
    [Range(0.0, 1_000_000.0)]
    public decimal? PriceIn { get; set; }

    /// <summary>Money for a million tokens of completion.</summary>
    /// <value>0 to 1,000,000; null, the default, when nobody counts.</value>
    [Range(0.0, 1_000_000.0)]
    public decimal? PriceOut { get; set; }

    /// <summary>Where the endpoint's key is: <c>env:NAME</c> or <c>file:PATH</c>. It is read when the agent is called, and stays a reference until then.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Whether the answer is read as it is made.</summary>
    /// <value>The default is true.</value>
    public bool Streams { get; set; } = true;

    /// <summary>How long one request to one model may take.</summary>
    /// <value>1 ms to 1 day; null, the default, for <c>Models:RequestTimeout</c>.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan? RequestTimeout { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OutputSchema is { } schema && !Payload.TryParse(Encoding.UTF8.GetBytes(schema), out _, out var problem))
        {
            yield return new ValidationResult($"The schema is not JSON: {problem}", [nameof(OutputSchema)]);
        }
    }

    internal ModelSettings ToSettings() => new(
        Name,
        [.. Fallbacks],
        System,
        Prompt,
        Temperature,
        TokensMax,
        OutputSchema is { } schema ? Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(schema)) : null,
        [.. Tools],
        ToolCallsMax,
        ToolDepthMax,
        PriceIn,
        PriceOut,
        ApiKey,
        Streams,
        RequestTimeout);
}
