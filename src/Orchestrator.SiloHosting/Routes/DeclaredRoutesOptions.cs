using System.ComponentModel.DataAnnotations;
using Orchestrator.Vocabulary.Routes;

namespace Orchestrator.SiloHosting.Routes;

/// <summary>Routes that the configuration declares, beside those that ship with the product.</summary>
public sealed class DeclaredRoutesOptions
{
    public const string Section = "Routes";

    /// <summary>The routes that come with the product are there.</summary>
    /// <value>The default is true.</value>
    public bool Shipped { get; set; } = true;

    /// <summary>In the order in which they are asked. A name of a shipped route takes its place. <c>routing_rules</c> (S2-33) is the same list.</summary>
    public List<RouteDeclaration> Rules { get; set; } = [];
}

/// <summary>A route as a settings file declares it.</summary>
public sealed class RouteDeclaration
{
    /// <summary>Its name.</summary>
    /// <value>The pattern without one.</value>
    public string? Name { get; set; }

    /// <summary>The exact word by which a task asks for it.</summary>
    public string? Pattern { get; set; }

    /// <summary>Where requests go.</summary>
    public string? TargetAgent { get; set; }

    /// <summary>Where requests go, for several.</summary>
    public List<string> TargetAgents { get; set; } = [];

    /// <summary>Where the target agent is called, which declares it as an HTTP agent that gets the payload as its body. Rules with one target agent have one endpoint.</summary>
    public string? Endpoint { get; set; }

    public List<string> Keywords { get; set; } = [];

    public string? Capability { get; set; }

    /// <summary>For each attempt of a task.</summary>
    /// <value>10 ms to 30 days. The default is 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "30.00:00:00")]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How urgent its tasks are, unless a request says otherwise.</summary>
    /// <value>1 to 5, 5 the most urgent.</value>
    [Range(1, 5)]
    public int? Priority { get; set; }

    /// <summary>A route that is not is found by nobody.</summary>
    /// <value>The default is true.</value>
    public bool Enabled { get; set; } = true;

    internal Route ToRoute() => new(
        Name ?? Pattern ?? "",
        Pattern,
        [.. (TargetAgent is null ? [] : (IEnumerable<string>)[TargetAgent]).Concat(TargetAgents)],
        [.. Keywords],
        Capability,
        Timeout,
        Priority,
        Enabled);
}
