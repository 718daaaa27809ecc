namespace Orchestrator.Grains.Completions;

/// <summary>What agents that answer later may send.</summary>
/// <param name="OutputBytesMax">The largest output, in bytes: as large as an answer of a call may be.</param>
public sealed record CompletionPolicy(int OutputBytesMax);
