using System.Collections.Immutable;

namespace Orchestrator.Execution.Agents;

/// <summary>An agent that the program which hosts us brings along: a .NET class, declared beside those that ship.</summary>
/// <param name="Actions">What it can do, for plans that name no agent.</param>
/// <param name="Concurrency">Calls under way at the same time; null for the default of declared agents.</param>
public sealed record GivenAgent(string Name, ImmutableArray<string> Actions, int? Concurrency = null, string? Description = null);
