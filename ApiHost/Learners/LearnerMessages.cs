using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.ApiHost.Learners;

/// <summary>Asks something of a learner's agents (S3-24).</summary>
/// <param name="Action"><c>start_session</c> or <c>process_interaction</c>.</param>
/// <param name="LearnerId">1 to 64 letters, digits, '.', '_' and '-'.</param>
/// <param name="Data">For <c>start_session</c>: <c>subject</c> and <c>gradeLevel</c>. For <c>process_interaction</c>: <c>activityId</c>, <c>response</c> with <c>answer</c>, and <c>timestamp</c>.</param>
internal sealed record LearnerRequest(string Action, string LearnerId, Payload? Data = null);

/// <summary>A session that is ready, or is not (S3-25).</summary>
/// <param name="Status"><c>ready</c>, <c>failed</c>, or <c>preparing</c> where that takes longer than anybody waits.</param>
internal sealed record StartedSessionResponse(string SessionId, LearnerAgents Agents, string Status, PlanResult Orchestration, DateTimeOffset Timestamp);

/// <summary>The names under which the session's agents are called (S3-26).</summary>
internal sealed record LearnerAgents(string Learning, string Tutor);

/// <summary>What became of an interaction (S3-28).</summary>
/// <param name="Success">Whether the agent answered. An answer that could not be judged is one: <c>correct</c> is null, and <c>reasoning</c> says why.</param>
/// <param name="Confidence">0 to 1: how sure the judgement is to say what the learner knows.</param>
internal sealed record InteractionResponse(bool Success, InteractionJudgement Response, double Confidence, string Reasoning, DateTimeOffset Timestamp)
{
    /// <summary>Reads an agent's answer, whoever the agent is; what it does not say is null.</summary>
    public static InteractionResponse Of(SessionTurn turn, Payload? output)
    {
        if (output is not { } answer || turn.State != MessageState.Answered)
        {
            return new(false, InteractionJudgement.None, 0, turn.Problem ?? "The agent gave no answer.", turn.EndedAt);
        }

        using var document = answer.Parse();
        var root = document.RootElement;
        var judged = Member(root, "response") is { ValueKind: JsonValueKind.Object } response
            ? new InteractionJudgement(
                Member(response, "correct") is { ValueKind: JsonValueKind.True or JsonValueKind.False } correct ? correct.GetBoolean() : null,
                Part(response, "nextActivity") ?? Payload.Null,
                Part(response, "adaptations") ?? InteractionJudgement.Nothing,
                Part(response, "feedback"),
                Part(response, "requiresTutorIntervention"),
                Part(response, "interventionReason"))
            : InteractionJudgement.None;
        return new(
            Member(root, "success") is not { ValueKind: JsonValueKind.False },
            judged,
            Member(root, "confidence") is { ValueKind: JsonValueKind.Number } confidence && confidence.TryGetDouble(out var sure) ? Math.Clamp(sure, 0, 1) : 0,
            Member(root, "reasoning") is { ValueKind: JsonValueKind.String } reasoning ? reasoning.GetString()! : "The agent gave no reasons.",
            Member(root, "timestamp") is { ValueKind: JsonValueKind.String } time && time.TryGetDateTimeOffset(out var at) ? at : turn.EndedAt);
    }

    private static Payload? Part(JsonElement element, string name) => Member(element, name) is { } value ? Payload.FromElement(value) : null;

    private static JsonElement? Member(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
}

/// <param name="Correct">Null when the answer could not be judged.</param>
/// <param name="Feedback">Left out where the agent said nothing.</param>
/// <param name="RequiresTutorIntervention">Somebody should look after the learner (S3-30).</param>
internal sealed record InteractionJudgement(
    bool? Correct,
    Payload NextActivity,
    Payload Adaptations,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Payload? Feedback = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Payload? RequiresTutorIntervention = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Payload? InterventionReason = null)
{
    public static Payload Nothing { get; } = Payload.FromTrustedUtf8("[]"u8.ToArray());

    public static InteractionJudgement None { get; } = new(null, Payload.Null, Nothing);
}

/// <summary>Either answer, for the document: <c>start_session</c> has the first five members, <c>process_interaction</c> the others and <c>timestamp</c>.</summary>
internal sealed record LearnerResponse(
    string? SessionId, LearnerAgents? Agents, string? Status, PlanResult? Orchestration, DateTimeOffset Timestamp, bool? Success, InteractionJudgement? Response, double? Confidence, string? Reasoning);
