using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.SiloHosting.Agents;

/// <summary>Agents that the configuration declares, beside those that ship with the product.</summary>
public sealed class DeclaredAgentsOptions
{
    public const string Section = "Agents";

    /// <summary>By name. A name of a shipped agent takes its place.</summary>
    public Dictionary<string, AgentDeclaration> Declared { get; set; } = [];

    /// <summary>What holds for every agent that this host declares and that says nothing else. Agents registered over the API say everything themselves.</summary>
    public AgentDefaults Defaults { get; set; } = new();
}

/// <summary>An agent as a settings file declares it: an HTTP service, or with <see cref="Model"/> a language model.</summary>
public sealed class AgentDeclaration
{
    /// <summary>Where it is called; one address per instance. For a language model the base of its API, such as <c>http://127.0.0.1:11434/v1</c>.</summary>
    [MinLength(1)]
    public List<string> Endpoints { get; set; } = [];

    /// <summary>The actions it can do. Without any it is only found by name.</summary>
    public List<string> Capabilities { get; set; } = [];

    public List<string> Keywords { get; set; } = [];

    public string? Description { get; set; }

    /// <summary>What it gets as its body.</summary>
    /// <value>Envelope or Input. The default is Envelope.</value>
    [EnumDataType(typeof(BodyShape))]
    public BodyShape Body { get; set; } = BodyShape.Envelope;

    /// <summary>Calls under way at the same time over all instances.</summary>
    /// <value>1 to 100,000. The default is that of <see cref="DeclaredAgentsOptions.Defaults"/>, 100.</value>
    [Range(1, 100_000)]
    public int? Concurrency { get; set; }

    /// <summary>Calls a minute.</summary>
    /// <value>1 to 10,000,000. The default is that of <see cref="DeclaredAgentsOptions.Defaults"/>, which is no limit.</value>
    [Range(1, 10_000_000)]
    public int? PerMinute { get; set; }

    /// <summary>Calls that may come at once where <see cref="PerMinute"/> is set.</summary>
    /// <value>1 to 1,000,000. The default is that of <see cref="DeclaredAgentsOptions.Defaults"/>, 20.</value>
    [Range(1, 1_000_000)]
    public int? Burst { get; set; }

    /// <summary>Named limits that every call of it draws on, beside its own concurrency and rate.</summary>
    /// <value>At most 8 names. None by default.</value>
    public List<string> Limits { get; set; } = [];

    /// <summary>Makes it a language model behind an OpenAI-compatible endpoint.</summary>
    public ModelDeclaration? Model { get; set; }

    /// <summary>What an HTTP agent is shown with each call.</summary>
    public CredentialDeclaration? Credentials { get; set; }

    internal AgentRegistration ToRegistration(string name, AgentDefaults defaults) => defaults.ApplyTo(new AgentRegistration(
        name,
        Model is null ? AgentKind.Http : AgentKind.Llm,
        [.. Capabilities],
        [.. Endpoints.Select(endpoint => new AgentInstance(endpoint))],
        Concurrency ?? defaults.Concurrency,
        (PerMinute ?? defaults.PerMinute) is { } rate ? new RateLimit(rate, Burst ?? defaults.Burst) : null,
        [.. Keywords],
        Description,
        Body,
        Model: Model?.ToSettings(),
        Credentials: Credentials?.ToCredentials(),
        Limits: [.. Limits]));
}
