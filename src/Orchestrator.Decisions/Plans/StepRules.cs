using System.Globalization;
using Orchestrator.Decisions.Agents;
using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Plans;

/// <summary>What can be said of a step by looking at it alone.</summary>
internal static class StepRules
{
    public static void Check(Step step, string pointer, PlanFindings found)
    {
        if (!PlanIds.IsValid(step.Id))
        {
            found.Add(PlanProblemCodes.BadId, pointer + "/id", $"The id of a step is made of {PlanIds.Rule}; found '{step.Id}'.");
        }

        CheckWork(step, pointer, found);
        CheckAgent(step.AgentId, pointer + "/agentId", found);
        CheckTimes(step, pointer, found);
        CheckRetry(step.Retry, pointer + "/retryPolicy", found);
        CheckOnFailure(step, pointer, found);
        if (step.Retry is not null && step.Kind != StepKind.Call)
        {
            found.Add(PlanProblemCodes.BadRetry, pointer + "/retryPolicy", $"Step '{step.Id}' calls no agent, so there is nothing to retry; {Advice(step.Kind)}.");
        }

        if (step.Priority is < 1 or > 5)
        {
            found.Add(PlanProblemCodes.BadPriority, pointer + "/priority", $"A priority is 1 to 5, 5 the most urgent; found {step.Priority}.");
        }

        CheckLimits(step, pointer + "/limits", found);
        if (step.ForEach?.Concurrency is < 1 or > PlanLimits.ConcurrencyMax)
        {
            found.Add(
                PlanProblemCodes.BadForEach, pointer + "/forEach/concurrency", $"A concurrency is 1 to {PlanLimits.ConcurrencyMax}; found {step.ForEach.Concurrency}.");
        }
    }

    public static void CheckDuration(TimeSpan? duration, string pointer, string what, PlanFindings found)
    {
        if (duration is { } time && (time < TimeSpan.FromMilliseconds(1) || time > PlanLimits.DurationMax))
        {
            found.Add(PlanProblemCodes.BadTimeout, pointer, string.Create(
                CultureInfo.InvariantCulture,
                $"{what} is at least 1 millisecond and at most {PlanLimits.DurationMax.TotalDays} days; found {time.TotalMilliseconds} milliseconds."));
        }
    }

    private static void CheckWork(Step step, string pointer, PlanFindings found)
    {
        string?[] work =
        [
            step.Action is null && step.AgentId is null ? null : "action", step.Sleep is null ? null : "sleep", step.Approval is null ? null : "approval",
            step.Signal is null ? null : "signal", step.SubPlan is null ? null : "subPlan",
        ];
        var named = work.OfType<string>().ToArray();
        if (named.Length > 1)
        {
            found.Add(PlanProblemCodes.AmbiguousWork, pointer, $"Step '{step.Id}' does one thing, but has {string.Join(" and ", named)}; make a step of each.");
        }
        else if (named.Length == 0)
        {
            found.Add(PlanProblemCodes.NoWork, pointer, $"Step '{step.Id}' does not say what it does; it needs one of action, sleep, approval, signal, subPlan.");
        }
        else if (step.Kind == StepKind.Call && string.IsNullOrWhiteSpace(step.Action))
        {
            found.Add(PlanProblemCodes.NoWork, pointer, $"Step '{step.Id}' names an agent but no action; say with action what the agent is to do.");
        }

        if (step.Signal is { } signal && !PlanIds.IsValid(signal))
        {
            found.Add(PlanProblemCodes.BadId, pointer + "/signal", $"The name of a signal is made of {PlanIds.Rule}; found '{signal}'.");
        }

        if (step.Approval is { } approval)
        {
            ApprovalStepRules.Check(step.Id, approval, pointer + "/approval", found);
        }
    }

    private static void CheckAgent(string? agent, string pointer, PlanFindings found)
    {
        if (agent is not null && !PlanIds.IsValid(agent))
        {
            found.Add(PlanProblemCodes.BadId, pointer, $"The id of an agent is made of {PlanIds.Rule}; found '{agent}'.");
        }
    }

    private static void CheckLimits(Step step, string pointer, PlanFindings found)
    {
        if (step.Limits.IsDefaultOrEmpty)
        {
            return;
        }

        if (step.Kind != StepKind.Call)
        {
            found.Add(PlanProblemCodes.BadLimit, pointer, $"Step '{step.Id}' calls no agent, so there is nothing to limit.");
        }

        if (step.Limits.Length > LimitRules.NamedMax || step.Limits.DistinctBy(limit => limit.Name).Count() < step.Limits.Length)
        {
            found.Add(PlanProblemCodes.BadLimit, pointer, $"A step names at most {LimitRules.NamedMax} limits, each once.");
        }

        for (var i = 0; i < step.Limits.Length; i++)
        {
            var limit = step.Limits[i];
            if (!AgentRules.IsName(limit.Name))
            {
                found.Add(PlanProblemCodes.BadLimit, $"{pointer}/{i}", $"A limit's name has 1 to {AgentRules.NameLengthMax} letters, digits, '.', '_' and '-'; found '{limit.Name}'.");
            }

            if (limit.Tokens is < 1 or > LimitRules.TokensMax)
            {
                found.Add(PlanProblemCodes.BadLimit, $"{pointer}/{i}/tokens", $"The tokens of a call are 1 to {LimitRules.TokensMax}; found {limit.Tokens}.");
            }
        }
    }

    private static void CheckTimes(Step step, string pointer, PlanFindings found)
    {
        CheckDuration(step.Timeout, pointer + "/timeout", "The timeout of a step", found);
        CheckDuration(step.Sleep, pointer + "/sleep", "A sleep", found);
        CheckDuration(step.Approval?.Expires, pointer + "/approval/expires", "The time an approval may take", found);
        CheckDuration(step.Approval?.Escalate?.After, pointer + "/approval/escalate/after", "The time after which others are asked", found);
        if (step is { Timeout: not null, Kind: StepKind.Sleep or StepKind.Approval })
        {
            found.Add(PlanProblemCodes.BadTimeout, pointer + "/timeout", step.Kind == StepKind.Sleep
                ? $"Step '{step.Id}' sleeps for a time of its own; it has no timeout besides."
                : $"The time for the approval of step '{step.Id}' is said with approval: {{ prompt, expires }}.");
        }
    }

    private static void CheckRetry(RetryPolicy? retry, string pointer, PlanFindings found)
    {
        if (retry is null)
        {
            return;
        }

        void Add(string member, string message) => found.Add(PlanProblemCodes.BadRetry, pointer + member, message);

        if (retry.MaxAttempts is < 1 or > PlanLimits.AttemptsMax)
        {
            Add("/maxAttempts", $"Attempts, the first included, are 1 to {PlanLimits.AttemptsMax}; found {retry.MaxAttempts}.");
        }

        if (retry.InitialInterval < TimeSpan.Zero || retry.InitialInterval > PlanLimits.DurationMax)
        {
            Add("/initialInterval", string.Create(CultureInfo.InvariantCulture, $"A pause is 0 to {PlanLimits.DurationMax.TotalDays} days; found {retry.InitialInterval.TotalMilliseconds} milliseconds."));
        }

        if (retry.MaxInterval is { } longest && (longest < retry.InitialInterval || longest > PlanLimits.DurationMax))
        {
            Add("/maxInterval", string.Create(
                CultureInfo.InvariantCulture,
                $"The longest pause is at least the first, {retry.InitialInterval.TotalMilliseconds} milliseconds, and at most {PlanLimits.DurationMax.TotalDays} days; found {longest.TotalMilliseconds} milliseconds."));
        }

        if (!(retry.Coefficient is >= 1 and <= PlanLimits.CoefficientMax))
        {
            Add("/coefficient", string.Create(CultureInfo.InvariantCulture, $"A coefficient is 1 to {PlanLimits.CoefficientMax}; found {retry.Coefficient}."));
        }

        if (!(retry.Jitter is >= 0 and <= 1))
        {
            Add("/jitter", string.Create(CultureInfo.InvariantCulture, $"A jitter is 0 to 1, the share of a pause that may be added to it; found {retry.Jitter}."));
        }
    }

    private static void CheckOnFailure(Step step, string pointer, PlanFindings found)
    {
        if (step.OnFailure == OnFailure.Fallback && step.Fallback is null)
        {
            found.Add(PlanProblemCodes.BadOnFailure, pointer + "/onFailure", $"Step '{step.Id}' falls back on failure but names no fallback; add fallback: {{ agentId }} or {{ plan }}.");
        }
        else if (step.OnFailure != OnFailure.Fallback && step.Fallback is not null)
        {
            found.Add(PlanProblemCodes.BadOnFailure, pointer + "/fallback", $"Step '{step.Id}' has a fallback that never runs; say onFailure: fallback.");
        }

        if (step.Fallback is { } fallback)
        {
            CheckAgent(fallback.AgentId, pointer + "/fallback/agentId", found);
            if (fallback.Plan is null == (fallback.AgentId is null && fallback.Action is null))
            {
                found.Add(PlanProblemCodes.BadOnFailure, pointer + "/fallback", $"The fallback of step '{step.Id}' is either an agent (agentId, action) or a plan.");
            }
            else if (fallback.Plan is null && step.Kind != StepKind.Call)
            {
                found.Add(PlanProblemCodes.BadOnFailure, pointer + "/fallback", $"Step '{step.Id}' calls no agent, so no other agent can stand in for it; its fallback is a plan.");
            }
        }

        if (step.Compensate is { } undo)
        {
            CheckAgent(undo.AgentId, pointer + "/compensate/agentId", found);
            CheckRetry(undo.Retry, pointer + "/compensate/retryPolicy", found);
            if (string.IsNullOrWhiteSpace(undo.Action))
            {
                found.Add(PlanProblemCodes.BadCompensation, pointer + "/compensate/action", $"The call that undoes step '{step.Id}' names no action.");
            }

            if (step.Kind is not (StepKind.Call or StepKind.SubPlan))
            {
                found.Add(PlanProblemCodes.BadCompensation, pointer + "/compensate", $"Step '{step.Id}' only waits; there is nothing to undo.");
            }
        }
    }

    private static string Advice(StepKind kind) => kind switch
    {
        StepKind.SubPlan => "put the policy on the steps of the sub-plan",
        _ => "leave retryPolicy out",
    };
}
