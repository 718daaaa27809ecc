using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>What agents tell the world with their answers, and that they failed for good.</summary>
/// <remarks>
/// An answer that is an object may have a member <c>$events</c>: an array of <c>{"type": "agent:insight", "subject": …, "data": {…}}</c>. They are told
/// with the step's outcome, in one transaction: an answer that does not count tells nothing, one that counts tells once.
/// </remarks>
internal static class AgentNews
{
    private const string Member = "$events";
    private const int EventsMax = 16;
    private const int TypeLengthMax = 255;
    private const int SubjectLengthMax = 2_048;

    /// <summary>Bytes of one event's data; a larger one is not told.</summary>
    private const int DataBytesMax = 64 * 1024;

    /// <summary>What agents may not say, because we do.</summary>
    private static readonly ImmutableArray<string> Ours = ["workflow.", "callback.", "step:", "plan:", "queue:", "reset", "task_completed", WorkflowNews.AgentError];

    /// <summary>Whether it is worth while to read the answer. Looks for the letters and reads nothing.</summary>
    public static bool Speaks(Payload output) => output.Utf8.Span.IndexOf("\"$events\""u8) >= 0 || LearnerNews.Speaks(output);

    public static List<CloudEvent> In(WorkflowState state, JournalEntry entry, StepState step)
    {
        var agent = step.Definition.AgentId ?? step.Definition.Action ?? "";
        return entry.Event switch
        {
            StepCompleted completed => [.. Said(completed.Output, agent, state, entry), .. Implied(completed.Output, agent, state, entry)],
            StepFailed failed => [Failed(failed.Failure, failed.Quarantined)],
            StepTimedOut timedOut => [Failed(timedOut.Failure, quarantined: false)],
            _ => [],
        };

        // Critical is what nothing in the plan takes the place of.
        CloudEvent Failed(StepFailure failure, bool quarantined) => WorkflowNews.AgentEvent(WorkflowNews.AgentError, agent, state, entry, 0, WorkflowNews.Json(json =>
        {
            json.WriteString("agentId", agent);
            json.WriteString("stepId", step.Path.Value);
            json.WriteString("jobId", state.Id.Value);
            WorkflowNews.WriteError(json, failure.Code, failure.Message, quarantined || step.Definition.OnFailure == OnFailure.Fail);
        }));
    }

    private static List<CloudEvent> Said(Payload output, string agent, WorkflowState state, JournalEntry entry)
    {
        var said = new List<CloudEvent>();
        using var answer = output.Parse();
        if (answer.RootElement.ValueKind != JsonValueKind.Object || !answer.RootElement.TryGetProperty(Member, out var events) || events.ValueKind != JsonValueKind.Array)
        {
            return said;
        }

        var index = 0;
        foreach (var given in events.EnumerateArray().Take(EventsMax))
        {
            index++;
            if (given.ValueKind == JsonValueKind.Object && Text(given, "type", TypeLengthMax) is { } type && !Ours.Any(name => type.StartsWith(name, StringComparison.Ordinal))
                && DataOf(given, agent) is { } data)
            {
                said.Add(WorkflowNews.AgentEvent(type, agent, state, entry, index, data) with { Subject = Text(given, "subject", SubjectLengthMax) ?? agent });
            }
        }

        return said;
    }

    private static IEnumerable<CloudEvent> Implied(Payload output, string agent, WorkflowState state, JournalEntry entry) =>
        LearnerNews.In(output, agent).Select((told, index) => WorkflowNews.AgentEvent(told.Type, agent, state, entry, EventsMax + 1 + index, told.Data));

    /// <summary>What it says, with who says it and where.</summary>
    private static Payload? DataOf(JsonElement given, string agent)
    {
        if (!given.TryGetProperty("data", out var data))
        {
            return WorkflowNews.Json(json => json.WriteString("agentId", agent));
        }

        if (data.ValueKind != JsonValueKind.Object)
        {
            return Within(Payload.FromElement(data));
        }

        return Within(WorkflowNews.Json(json =>
        {
            json.WriteString("agentId", agent);
            foreach (var member in data.EnumerateObject().Where(member => member.Name != "agentId"))
            {
                member.WriteTo(json);
            }
        }));
    }

    private static Payload? Within(Payload data) => data.Length <= DataBytesMax ? data : null;

    private static string? Text(JsonElement given, string name, int lengthMax) =>
        given.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text
            && text.Length <= lengthMax && !text.Any(char.IsControl) ? text : null;
}
