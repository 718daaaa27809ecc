using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Agents;

/// <summary>What a call says about the health of the instance that took it.</summary>
public static class CallJudgement
{
    /// <param name="failure">How the call failed; null when it brought an output.</param>
    /// <returns>Broken for no connection, no answer in time, a throw or 5xx. What an agent itself calls a failure is an answer.</returns>
    public static CallOutcome Of(StepFailure? failure) => failure?.Code switch
    {
        AgentFailures.Timeout or AgentFailures.Unreachable or AgentFailures.Error => CallOutcome.Broken,

        // Nothing was sent, so nothing was learnt.
        AgentFailures.AddressRefused or AgentFailures.KindUnsupported or AgentFailures.Unauthorized => CallOutcome.Abandoned,
        _ => CallOutcome.Answered,
    };
}
