using System.ComponentModel.DataAnnotations;
using Orchestrator.Adapters.Agents.Credentials;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>How language models are called, and which keys may be sent where.</summary>
public sealed class ModelOptions
{
    public const string Section = "Models";

    /// <summary>Where the models of the agents that ship are, and the one that routes requests: the base of an OpenAI-compatible API, such as <c>http://127.0.0.1:11434/v1</c>.</summary>
    /// <value>An absolute http or https address. The default is none: those agents are disabled, and say so; requests are routed by rules.</value>
    [Url]
    public string? Endpoint { get; set; }

    /// <summary>The model of the agents that ship.</summary>
    /// <value>The default is <c>llama3.2:3b</c>.</value>
    [Required, StringLength(128)]
    public string Name { get; set; } = "llama3.2:3b";

    /// <summary>The model that routes requests that are hard to route, and all of them where there is no <see cref="RouterSmallName"/> (S4-15).</summary>
    /// <value>The default is <c>llama3.2:3b</c>.</value>
    [Required, StringLength(128)]
    public string RouterName { get; set; } = "llama3.2:3b";

    /// <summary>The model that routes requests that are easy to route: short ones, with few agents to choose from and rules that lean one way.</summary>
    /// <value>Such as <c>llama3.2:1b</c>. The default is none, because an endpoint may not have it: <see cref="RouterName"/> routes these too.</value>
    [StringLength(128, MinimumLength = 1)]
    public string? RouterSmallName { get; set; }

    /// <summary>Where the key of that endpoint is: <c>env:NAME</c> or <c>file:PATH</c>. It is read when a model is called.</summary>
    /// <value>The default is none.</value>
    public string? ApiKey { get; set; }

    /// <summary>How long one request to one model may take, where its agent does not say.</summary>
    /// <value>100 ms to 1 day. The default is 2 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a model that streams may be silent, before its first word and between two.</summary>
    /// <value>100 ms to 1 hour. The default is 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SilenceMax { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of one response as they come over the wire; a streamed one takes many more than its text.</summary>
    /// <value>1 KiB to 256 MiB. The default is 8 MiB.</value>
    [Range(1_024, 268_435_456)]
    public int ResponseBytesMax { get; set; } = 8_388_608;

    /// <summary>Bytes of all prompts of one attempt at a time, what tools answered included.</summary>
    /// <value>1 KiB to 64 MiB. The default is 2 MiB.</value>
    [Range(1_024, 67_108_864)]
    public int PromptBytesMax { get; set; } = 2_097_152;

    /// <summary>Characters of a tool's answer that a model is shown; of a longer one it gets the beginning and is told so.</summary>
    /// <value>100 to 10,000,000. The default is 65,536.</value>
    [Range(100, 10_000_000)]
    public int ToolAnswerLengthMax { get; set; } = 65_536;

    /// <summary>Which keys agents that are registered over the API may send, and to whom. Agents of the configuration may send what they name.</summary>
    /// <value>At most 256. The default is none: whoever may register an agent could otherwise have any secret of this process sent to an address of her own.</value>
    [MaxLength(256)]
    public List<SecretGrant> Keys { get; set; } = [];
}
