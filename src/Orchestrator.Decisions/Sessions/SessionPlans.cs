using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Decisions.Sessions;

/// <summary>The plan that answers a message, and its input: what the sender said, and what the session knows.</summary>
/// <remarks>What anybody said stands in the input and never in the plan, so no expression in it is ever read.</remarks>
public static class SessionPlans
{
    public const string Learning = "learning";
    public const string Tutor = "tutor";

    private const string AskStep = "ask";
    private const string InitPrefix = "init_";
    private static readonly Payload WholeInput = Payload.From("${{ input }}");

    // S3-17: two retries after one and two seconds, thirty seconds for all of it.
    private static readonly RetryPolicy PrepareRetry = RetryPolicy.FromRetries(2, TimeSpan.FromSeconds(1));
    private static readonly TimeSpan PrepareTimeout = TimeSpan.FromSeconds(30);

    public static Plan Of(SessionId id, Session session, SessionMessage message, SessionPolicy policy) => message.Kind switch
    {
        SessionMessageKind.Prepare => new Plan(
            // S3-17 calls it session_init_ and the session.
            Cut("session_init_" + id.Value),
            [
                new Step(InitPrefix + Learning, session.Agents[Learning], "initialize_session", WholeInput, [], PrepareRetry),
                new Step(InitPrefix + Tutor, session.Agents[Tutor], "prepare_conversation", WholeInput, [InitPrefix + Learning], PrepareRetry),
            ],
            PlanMode.Dag,
            PrepareTimeout,
            Description: "Prepares a session."),
        _ => new Plan(
            "session_message",
            [new Step(AskStep, session.Agents[message.Agent], message.Action, WholeInput, [], Timeout: policy.MessageTimeout)],
            Description: "Answers a message of a session."),
    };

    /// <summary>Which part of the session a step speaks for.</summary>
    public static string AgentOf(SessionMessage message, string step) =>
        step.StartsWith(InitPrefix, StringComparison.Ordinal) ? step[InitPrefix.Length..] : message.Agent;

    /// <summary>The session's context, then the sender's data, then what the session knows: of one name the later counts.</summary>
    public static Payload InputOf(SessionId id, Session session, SessionMessage message, SessionPolicy policy)
    {
        var input = new JsonObject();
        Put(input, session.Context);
        Put(input, message.Data);
        input["sessionId"] = id.Value;
        if (session.User is { } user)
        {
            input["learnerId"] = user;
        }

        input["state"] = session.States.TryGetValue(message.Agent, out var state) ? JsonNode.Parse(state.Utf8.Span) : null;
        input["memory"] = new JsonObject
        {
            ["facts"] = new JsonObject(session.Facts.Select(fact => KeyValuePair.Create(fact.Key, JsonNode.Parse(fact.Value.Utf8.Span)))),
            ["summary"] = session.Summary.Text,
            ["turns"] = new JsonArray(
            [
                .. session.Turns.TakeLast(policy.TurnsTold).Select(turn => new JsonObject
                {
                    ["agent"] = turn.Agent,
                    ["action"] = turn.Action,
                    ["said"] = Node(turn.Data),
                    ["answered"] = Node(turn.Reply),
                    ["at"] = turn.At,
                }),
            ]),
        };
        return Payload.From(input);
    }

    private static void Put(JsonObject input, Payload members)
    {
        using var document = members.Parse();
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in document.RootElement.EnumerateObject())
            {
                input[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }
        }
    }

    private static JsonNode? Node(Payload? payload) => payload is { } value ? JsonNode.Parse(value.Utf8.Span) : null;

    private static string Cut(string id) => id.Length <= Plans.PlanLimits.IdLengthMax ? id : id[..Plans.PlanLimits.IdLengthMax];
}
