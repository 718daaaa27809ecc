using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Agents;

/// <summary>What the desk wants done, in this order.</summary>
public abstract record DeskEffect
{
    private DeskEffect()
    {
    }

    /// <summary>A caller that was told to wait has room now.</summary>
    public sealed record TellGranted(SlotGrant Grant) : DeskEffect;

    /// <summary>A caller that was told to wait will never have room.</summary>
    public sealed record TellRefused(string Ticket, string Caller, StepFailure Failure) : DeskEffect;

    /// <summary>Ask the instance's breaker for a probe and answer with <see cref="AgentDesk.ProbeAnswered"/>; until then the ticket holds its room.</summary>
    public sealed record AskProbe(string Ticket, string Endpoint) : DeskEffect;

    /// <summary>Tell the instance's breaker and answer with <see cref="AgentDesk.BreakerStands"/>.</summary>
    public sealed record ReportCall(string Ticket, string Endpoint, CallOutcome Outcome) : DeskEffect;
}
