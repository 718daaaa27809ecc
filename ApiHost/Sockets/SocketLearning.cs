using System.Text.Json;
using Orchestrator.ApiHost.Learners;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Sessions;
using Orchestrator.Decisions.Agents;
using Orchestrator.Decisions.Sessions;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.ApiHost.Sockets;

/// <summary>A learner's message for an agent of their session (<c>agent:learning</c>), and its answer in the acknowledgement.</summary>
internal sealed class SocketLearning(LearnerSessions learners)
{
    private const string AgentSuffix = "-agent";

    /// <summary>Does what the message asks and acknowledges it. The same message again is the same message of the session, and the same answer.</summary>
    public async Task AnswerAsync(string id, JsonElement message, SocketSender sender, CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var learner = Text(message, "learnerId", LearnerEndpoints.LearnerLengthMax, check);
        var action = Text(message, "action", AgentRules.NameLengthMax, check);
        var part = PartOf(message, check);
        var data = SessionEndpoints.ObjectOf(message.TryGetProperty("data", out var given) ? Payload.FromElement(given) : null, "/data", check);
        if (check.Problem is { } wrong)
        {
            await sender.RefuseAsync(id, wrong.Kind.Code, wrong.Detail, cancellationToken);
            return;
        }

        var answer = await learners.AskAsync(learner, part, action, data, CanonicalJson.Fingerprint("agent:learning", message), "agent:learning:" + id, cancellationToken);
        await (answer switch
        {
            { Problem: { } problem } => sender.RefuseAsync(id, problem.Kind.Code, problem.Detail, cancellationToken),
            { Turn: { } turn, Reply: null } => sender.RefuseAsync(id, answer.Failure?.Code ?? "workflow.cancelled", turn.Problem ?? "It was cancelled.", cancellationToken),
            _ => TellAsync(id, answer, sender, cancellationToken),
        });
    }

    private static async Task TellAsync(string id, LearnerAnswer answer, SocketSender sender, CancellationToken cancellationToken)
    {
        await sender.AcknowledgeAsync(
            id,
            json =>
            {
                json.WriteString("workflow", answer.Message!.Workflow.Value);
                json.WriteString("session", answer.Session.Value);
                if (answer.Reply is { } reply)
                {
                    json.WritePropertyName("response");
                    json.WriteRawValue(reply.Utf8.Span, skipInputValidation: true);
                }
            },
            cancellationToken);

        // Told on the topic 'agents' with the step's outcome already; whoever asked hears of it without following that.
        foreach (var (type, told) in answer.Reply is { } said && LearnerNews.Speaks(said) ? LearnerNews.In(said, answer.Agent) : [])
        {
            await sender.SendAsync(
                json =>
                {
                    json.WriteString("type", type);
                    json.WriteString("re", id);
                    json.WritePropertyName("data");
                    json.WriteRawValue(told.Utf8.Span, skipInputValidation: true);
                },
                cancellationToken);
        }
    }

    // Named by its part in the session, or as S3 names it: 'tutor' and 'tutor-agent' are one.
    private static string PartOf(JsonElement message, RequestCheck check)
    {
        if (!message.TryGetProperty("agent", out var agent))
        {
            return SessionPlans.Learning;
        }

        var text = agent.ValueKind == JsonValueKind.String ? agent.GetString()! : agent.GetRawText();
        var part = text.EndsWith(AgentSuffix, StringComparison.Ordinal) ? text[..^AgentSuffix.Length] : text;
        if (!LearnerSessions.Parts.Contains(part))
        {
            check.Member("/agent", $"The agents of a learner's session are {string.Join(", ", LearnerSessions.Parts)}, found '{RequestCheck.Shown(text)}'.", Nearest.To(part, LearnerSessions.Parts));
        }

        return part;
    }

    private static string Text(JsonElement message, string name, int lengthMax, RequestCheck check)
    {
        if (message.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { } text
            && text.Length <= lengthMax && AgentRules.IsName(text) && text.Any(char.IsAsciiLetterOrDigit))
        {
            return text;
        }

        check.Member("/" + name, $"'{name}' has 1 to {lengthMax} letters, digits, '.', '_' and '-', not signs alone.");
        return "";
    }
}
