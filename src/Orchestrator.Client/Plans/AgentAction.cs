namespace Orchestrator.Client.Plans;

/// <summary>Something an agent can do, with the types of what it takes and gives. Plans are made of these; who defines the agent in C# uses the same one.</summary>
/// <param name="Agent">The agent's name, or <c>&lt;agent&gt;-&lt;key&gt;</c>; null for whichever offers the action.</param>
public sealed record AgentAction<TInput, TOutput>(string? Agent, string Action);
