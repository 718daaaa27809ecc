using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Agents;

/// <summary>One attempt that asks for room.</summary>
/// <param name="Ticket">Names the attempt: the same attempt always asks with the same ticket.</param>
/// <param name="Caller">Whom to tell of a later grant.</param>
/// <param name="Priority">1 to 5, 5 the most urgent; what lies outside counts as the nearest.</param>
/// <param name="Group">Whom fairness treats as one.</param>
/// <param name="Epoch">The start of <paramref name="Owner"/> that owns the attempt.</param>
/// <param name="Host">The machine that makes the call, as endpoints name it; empty when it is not known.</param>
public readonly record struct SlotAsk(string Ticket, string Caller, int Priority, string Group, long Epoch, string Owner = "", string Host = "");

/// <summary>Room for one call at one instance.</summary>
/// <param name="Probe">The call is let through a breaker that is not closed; its outcome decides.</param>
public sealed record SlotGrant(string Ticket, string Caller, AgentInstance Instance, bool Probe, long Epoch, string Owner = "");

/// <summary>Exactly one of the three is set.</summary>
public readonly record struct SlotAnswer(SlotGrant? Grant, Wait? Wait = null, StepFailure? Failure = null);
