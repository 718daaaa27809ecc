using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents;

/// <summary>What a built-in agent tells about itself, for the directory, the router and the reader of a plan.</summary>
/// <param name="Name">The agent's exact name.</param>
/// <param name="Description">One sentence for people.</param>
/// <param name="Actions">The actions it performs, which are its capabilities too: a step that names no agent finds it by these. The first is done when a request names none.</param>
/// <param name="Keywords">Words in a request that speak for this agent.</param>
/// <param name="Input">The JSON it reads, in the notation <c>name: type = default — meaning</c>, a line per field.</param>
/// <param name="Output">The JSON it answers, in the same notation.</param>
/// <param name="TakesAnyAction">Called by its name, it does its one thing whatever the action is called.</param>
public sealed record BuiltinAgentDescriptor(
    string Name,
    string Description,
    ImmutableArray<string> Actions,
    ImmutableArray<string> Keywords,
    string Input,
    string Output,
    bool TakesAnyAction = false);
