using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Embedded;

/// <summary>An orchestrator inside this process.</summary>
public sealed class EmbeddedOptions
{
    private readonly List<EmbeddedAgent> agents = [];

    /// <summary>Where everything is kept. One process at a time has it.</summary>
    /// <value>The default is <c>.orc</c> in the working directory.</value>
    [Required]
    public string Folder { get; set; } = ".orc";

    /// <summary>Settings of the orchestrator by key, such as <c>Agents:Defaults:Concurrency</c> (docs/hosting.md). They stand above the host's section <c>Orchestrator</c>.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    internal IReadOnlyList<EmbeddedAgent> Agents => agents;

    /// <summary>Declares an agent that is a piece of this program.</summary>
    /// <param name="name">1 to 128 of <c>a–z 0–9 . _ -</c> and upper case.</param>
    /// <param name="define">Adds what it can do.</param>
    /// <param name="concurrency">Calls under way at the same time; null for the default, 100.</param>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public EmbeddedOptions Agent(string name, Action<EmbeddedAgent> define, int? concurrency = null)
    {
        if (agents.Any(other => other.Name == name))
        {
            throw new ArgumentException($"Two agents are called '{name}'.", nameof(name));
        }

        var agent = new EmbeddedAgent(name, concurrency);
        define(agent);
        agents.Add(agent);
        return this;
    }
}
