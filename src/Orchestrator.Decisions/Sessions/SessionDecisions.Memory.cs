using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;

namespace Orchestrator.Decisions.Sessions;

/// <summary>What a session remembers, and how it forgets.</summary>
public static partial class SessionDecisions
{
    /// <summary>The member of an agent's answer that is for the session: <c>{ "state": …, "facts": { name: value | null } }</c>.</summary>
    public const string RememberMember = "remember";

    private const int ShownLengthMax = 80;

    /// <summary>The session with what its agents asked to remember, and what of it could not be kept.</summary>
    private static (Session Told, string? Problem) Learn(Session session, ImmutableArray<AgentReply> replies, SessionPolicy policy)
    {
        string? problem = null;
        foreach (var reply in replies)
        {
            using var document = reply.Output.Parse();
            if (Member(document.RootElement, RememberMember) is not { } remember)
            {
                continue;
            }

            if (Member(remember, "state") is { } state)
            {
                var kept = Payload.FromElement(state);
                var fits = kept.Length <= policy.StateBytesMax;
                problem ??= fits ? null : $"What agent '{reply.Agent}' asked to be handed in again has {kept.Length} bytes, where at most {policy.StateBytesMax} are kept: it keeps what it had.";
                session = fits ? session with { States = session.States.SetItem(reply.Agent, kept) } : session;
            }

            if (Member(remember, "facts") is { ValueKind: JsonValueKind.Object } facts)
            {
                foreach (var fact in facts.EnumerateObject())
                {
                    var (next, wrong) = Note(session, fact, policy);
                    (session, problem) = (next, problem ?? wrong);
                }
            }
        }

        return (session, problem);
    }

    private static (Session Next, string? Problem) Note(Session session, JsonProperty fact, SessionPolicy policy)
    {
        if (fact.Value.ValueKind == JsonValueKind.Null)
        {
            return (session with { Facts = session.Facts.Remove(fact.Name) }, null);
        }

        var value = Payload.FromElement(fact.Value);
        return fact.Name.Length is > 0 and <= SessionPolicy.FactNameMax && value.Length <= SessionPolicy.FactBytesMax && (session.Facts.ContainsKey(fact.Name) || session.Facts.Count < policy.FactsMax)
            ? (session with { Facts = session.Facts.SetItem(fact.Name, value) }, null)
            : (session, $"A fact was not kept: there are at most {policy.FactsMax}, with names of 1 to {SessionPolicy.FactNameMax} characters and at most {SessionPolicy.FactBytesMax} bytes.");
    }

    // With several replies each stands under the name of its agent.
    private static Payload? ReplyOf(SessionMessage message, MessageOutcome outcome)
    {
        if (outcome.Replies.IsEmpty)
        {
            return null;
        }

        if (message.Kind == SessionMessageKind.Ask)
        {
            return Shown(outcome.Replies[0].Output);
        }

        var all = new JsonObject();
        foreach (var reply in outcome.Replies)
        {
            all[reply.Agent] = JsonNode.Parse(Shown(reply.Output).Utf8.Span);
        }

        return Payload.From(all);
    }

    /// <summary>An answer without what is for the session alone.</summary>
    public static Payload Shown(Payload output)
    {
        using var document = output.Parse();
        if (Member(document.RootElement, RememberMember) is null)
        {
            return output;
        }

        var shown = new JsonObject();
        foreach (var member in document.RootElement.EnumerateObject().Where(member => member.Name != RememberMember))
        {
            shown[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        return Payload.From(shown);
    }

    private static SessionTurn TurnOf(SessionMessage message, MessageState state, Payload? reply, string? problem, SessionPolicy policy, DateTimeOffset now)
    {
        var data = message.Data.Length <= policy.KeptBytesMax ? message.Data : (Payload?)null;
        var kept = reply is { } answer && answer.Length <= policy.KeptBytesMax ? reply : null;
        return new SessionTurn(message.Number, message.Id, message.Agent, message.Action, data, kept, state, problem, message.At, now);
    }

    private static Session Remember(Session session, IEnumerable<SessionTurn> more, SessionPolicy policy)
    {
        ImmutableArray<SessionTurn> all = [.. session.Turns, .. more];
        var dropped = all[..Math.Max(0, all.Length - policy.TurnsMax)];
        return session with { Turns = all[dropped.Length..], Summary = dropped.Aggregate(session.Summary, Add) };
    }

    private static SessionSummary Add(SessionSummary summary, SessionTurn turn)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"#{turn.Number} {turn.Agent} {turn.Action}: {turn.State}{(turn.Data is { } data ? $" {Cut(data.ToString())}" : "")}\n");
        var text = summary.Text + line;
        return new(
            summary.Turns + 1, summary.Answered + (turn.State == MessageState.Answered ? 1 : 0), summary.From ?? turn.At, turn.EndedAt,
            text.Length <= SessionPolicy.SummaryLengthMax ? text : text[(text.IndexOf('\n', text.Length - SessionPolicy.SummaryLengthMax) + 1)..]);
    }

    private static string Cut(string text) => text.Length <= ShownLengthMax ? text : text[..(char.IsHighSurrogate(text[ShownLengthMax - 1]) ? ShownLengthMax - 1 : ShownLengthMax)] + "…";

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
