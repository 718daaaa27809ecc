using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Decisions.Analytics;

/// <summary>Something an agent has noticed: an event <c>agent:insight</c> with <c>{agentId, insight: {type, data}}</c>.</summary>
/// <param name="Number">Its place on the topic.</param>
/// <param name="Learner">Whom it is about; null where nothing says so.</param>
public sealed record Insight(long Number, DateTimeOffset At, string Agent, string? Learner, string Type, Payload Data)
{
    public const string EventType = "agent:insight";

    /// <summary>The insight that an event tells; null for any other event, and for one that is made otherwise.</summary>
    public static Insight? Of(TopicEvent kept)
    {
        if (kept.Event.Type != EventType)
        {
            return null;
        }

        using var document = kept.Event.Data.Parse();
        var root = document.RootElement;
        if (Text(root, "agentId") is not { } agent || !Has(root, "insight", out var insight) || Text(insight, "type") is not { } type)
        {
            return null;
        }

        var known = Has(insight, "data", out var data);
        return new(kept.Number, kept.At, agent, Text(root, "learnerId") ?? (known ? Text(data, "learnerId") : null) ?? LearnerOf(agent), type, known ? Payload.FromElement(data) : Payload.Null);
    }

    // Agents of a session are called <agent>-agent-<learner>-<when the session began>.
    private static string? LearnerOf(string agent)
    {
        var from = agent.IndexOf("-agent-", StringComparison.Ordinal) is >= 0 and var at ? at + "-agent-".Length : -1;
        var to = agent.LastIndexOf('-');
        return from >= 0 && to > from && agent.AsSpan(to + 1) is { IsEmpty: false } epoch && !epoch.ContainsAnyExceptInRange('0', '9') ? agent[from..to] : null;
    }

    private static bool Has(JsonElement element, string name, out JsonElement member)
    {
        member = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out member);
    }

    private static string? Text(JsonElement element, string name) => Has(element, name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}

/// <summary>Which insights are wanted; null for any.</summary>
/// <param name="Agent">An agent, and the keyed agents of its name.</param>
public sealed record InsightFilter(string? Agent = null, string? Learner = null, string? Type = null)
{
    public bool Selects(Insight insight) =>
        (Agent is null || insight.Agent == Agent || insight.Agent.StartsWith(Agent + "-", StringComparison.Ordinal))
        && (Learner is null || insight.Learner == Learner)
        && (Type is null || insight.Type == Type);
}
