using Orchestrator.Decisions.Agents;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Subscriptions;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Decisions.Subscriptions;

/// <summary>What a subscription may say.</summary>
public static class SubscriptionRules
{
    public const int NameLengthMax = 64;
    public const int TypesMax = 64;
    public const int TypeLengthMax = 255;
    public const int WhenLengthMax = 4_096;
    public const int InputBytesMax = 65_536;
    public const int DescriptionLengthMax = 1_024;

    /// <summary>The subscription with what was left out put in.</summary>
    public static Subscription Complete(Subscription given) => given.Types.IsDefault ? given with { Types = [] } : given;

    /// <summary>Every rule that a completed subscription breaks, in one refusal; null when it breaks none.</summary>
    public static Refusal? Check(Subscription given)
    {
        var problems = Problems(given).ToList();
        return problems.Count == 0 ? null : new Refusal("subscription.invalid", string.Join(" ", problems.Select(problem => problem.Message)));
    }

    /// <summary>Each problem with the member it is about.</summary>
    public static IEnumerable<(string Member, string Message)> Problems(Subscription given)
    {
        if (!AgentRules.IsName(given.Name) || given.Name.Length > NameLengthMax)
        {
            yield return ("name", $"A subscription's name has 1 to {NameLengthMax} letters, digits, '.', '_' and '-'.");
        }

        if (!TopicName.TryParse(given.Topic, out _))
        {
            yield return ("topic", $"A topic's name has 1 to {TopicName.LengthMax} lower-case letters, digits, '.', '_' and '-'.");
        }

        if (given.Types.Length > TypesMax || given.Types.Any(type => type is not { Length: > 0 and <= TypeLengthMax }))
        {
            yield return ("types", $"There are at most {TypesMax} types, each of 1 to {TypeLengthMax} characters.");
        }

        if (given.Plan is null == given.Agent is null)
        {
            yield return ("agent", "A subscription starts a plan or calls an agent: exactly one of 'plan' and 'agent' is there.");
        }

        if ((given.Plan is not null && !AgentRules.IsName(given.Plan)) || (given.Agent is not null && !AgentRules.IsName(given.Agent)))
        {
            yield return (given.Plan is null ? "agent" : "plan", $"A name has 1 to {AgentRules.NameLengthMax} letters, digits, '.', '_' and '-'.");
        }

        if (given.Action is not null && (given.Agent is null || given.Action is not { Length: > 0 and <= AgentRules.NameLengthMax }))
        {
            yield return ("action", $"An action has 1 to {AgentRules.NameLengthMax} characters, and goes with an agent.");
        }

        if (given.When is { } when && ProblemIn(when) is { } unread)
        {
            yield return ("when", unread);
        }

        if (given.Input is { Length: > InputBytesMax })
        {
            yield return ("input", $"The input has at most {InputBytesMax} bytes.");
        }

        if (given.Priority is < 1 or > 5)
        {
            yield return ("priority", $"A priority is 1 to 5, 5 the most urgent, not {given.Priority}.");
        }

        if (given.Description is { Length: > DescriptionLengthMax })
        {
            yield return ("description", $"A description has at most {DescriptionLengthMax} characters.");
        }
    }

    private static string? ProblemIn(string when)
    {
        if (when.Length > WhenLengthMax)
        {
            return $"A condition has at most {WhenLengthMax} characters.";
        }

        return Conditions.Read(when).Problem is { } problem ? $"The condition cannot be read, character {problem.Offset}: {problem.Message}" : null;
    }
}
