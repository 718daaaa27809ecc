using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Decisions.Agents;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Sockets;

/// <summary>A learner's message for the agent that accompanies them (<c>agent:learning</c>): one workflow, and its answer in the acknowledgement.</summary>
internal sealed class SocketLearning(IGrainFactory grains, WorkflowStarting starting, WorkflowWait wait)
{
    /// <summary>By which the workflows of a learner are found.</summary>
    public const string LearnerTag = "learner";

    private const string AgentDefault = "learning-agent";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Payload WholeInput = Payload.From("${{ input }}");

    /// <summary>Does what the message asks and acknowledges it. The same message again is the same workflow, and the same answer.</summary>
    public async Task AnswerAsync(string id, JsonElement message, SocketSender sender, CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var learner = Text(message, "learnerId", check);
        var agent = (message.TryGetProperty("agent", out _) ? Text(message, "agent", check) : AgentDefault) + "-" + learner;
        var action = Text(message, "action", check);
        if (check.Count == 0 && !AgentRules.IsName(agent))
        {
            check.Member("/learnerId", $"Agent and learner together have at most {AgentRules.NameLengthMax} letters, digits, '.', '_' and '-', found '{RequestCheck.Shown(agent)}'.");
        }

        if (check.Problem is { } wrong)
        {
            await sender.RefuseAsync(id, wrong.Kind.Code, wrong.Detail, cancellationToken);
            return;
        }

        var start = new StartWorkflow(
            new Plan("agent-learning", [new Step("process", agent, action, WholeInput, [])]),
            message.TryGetProperty("data", out var data) ? Payload.FromElement(data) : Payload.EmptyObject,
            PriorityText.Default,
            ImmutableSortedDictionary<string, string>.Empty.Add(LearnerTag, learner),
            CanonicalJson.Fingerprint("agent:learning", message),
            $"agent:learning:{learner}:{id}");
        var reply = await starting.TakeOnAsync(start, cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            await sender.RefuseAsync(id, refusal.Code, refusal.Message, cancellationToken);
            return;
        }

        await wait.UntilEndAsync(reply.Id, after: 0, Patience, cancellationToken);
        await TellAsync(id, agent, reply.Id, await grains.Workflow(reply.Id).GetAsync(cancellationToken), sender, cancellationToken);
    }

    private static async Task TellAsync(string id, string agent, WorkflowId workflow, WorkflowView? view, SocketSender sender, CancellationToken cancellationToken)
    {
        if (view is not { Status: WorkflowStatus.Completed })
        {
            await (view?.Status.IsFinal() is true
                ? sender.RefuseAsync(id, view.Failure?.Code ?? "workflow.cancelled", view.Failure?.Message ?? "It was cancelled.", cancellationToken)
                : sender.AcknowledgeAsync(id, json => json.WriteString("workflow", workflow.Value), cancellationToken));
            return;
        }

        var answer = view.Output ?? Payload.Null;
        await sender.AcknowledgeAsync(
            id,
            json =>
            {
                json.WriteString("workflow", workflow.Value);
                json.WritePropertyName("response");
                json.WriteRawValue(answer.Utf8.Span, skipInputValidation: true);
            },
            cancellationToken);

        // Told on the topic 'agents' with the step's outcome already; whoever asked hears of it without following that.
        foreach (var (type, told) in LearnerNews.Speaks(answer) ? LearnerNews.In(answer, agent) : [])
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

    private static string Text(JsonElement message, string name, RequestCheck check)
    {
        if (message.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { } text && AgentRules.IsName(text))
        {
            return text;
        }

        check.Member("/" + name, $"'{name}' has 1 to {AgentRules.NameLengthMax} letters, digits, '.', '_' and '-'.");
        return "";
    }
}
