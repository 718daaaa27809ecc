using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Realtime;

/// <summary>Brings what several people did at the same time into one order that no one's own order contradicts, and says what they did without knowing of each other.</summary>
/// <remarks>Vector clocks: Fidge, "Timestamps in message-passing systems that preserve the partial ordering", 1988; Mattern, "Virtual time and global states of distributed systems", 1989.</remarks>
internal sealed class CausalOrderAgent(BuiltinAgentOptions options) : IAgent
{
    // Every pair is compared.
    private const int EventsMax = 500;
    private const int NameLengthMax = 200;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "realtime_coordination_agent",
        "Orders what several people did at the same time by vector clocks, and names the conflicts.",
        Actions: ["order_changes", "coordinate_realtime"],
        Keywords: ["realtime", "collaborate", "merge", "conflict"],
        Input: """
            events: [{ id, by, clock: { name: integer }, target? }] — at most 500; the clock counts, for each person, what the event knew of
            """,
        Output: "order: [id] — what came before what, then by id\nconflicts: [{ target, ids: [id, id] }] — the same target, changed by two people neither of whom knew of the other\nclock: { name: integer } — all of it together");

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        if (ServiceInItsPlace.For(input, Descriptor, "orders changes and names their conflicts; people meet over /ws and topics (docs/events.md)", "a service that brings them together in another way", "events") is { } elsewhere)
        {
            return new(elsewhere);
        }

        var events = input.List("events", (field, element) => ChangeOf(input, field, element));
        if (!input.Has("events"))
        {
            input.Complain("'events'", "a list of { id, by, clock }", "nothing");
        }
        else if (events.Length > EventsMax)
        {
            input.Complain("'events'", $"at most {EventsMax}", $"{events.Length}");
        }
        else if (events.DistinctBy(change => change.Id).Count() != events.Length)
        {
            input.Complain("'events'", "an id for each", "the same id twice");
        }

        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        // What knew of more comes later: the sum of a clock grows along every chain of causes.
        var order = events.OrderBy(change => change.Clock.Values.Sum()).ThenBy(change => change.Id, StringComparer.Ordinal);
        var conflicts =
            from place in Enumerable.Range(0, events.Length)
            from other in Enumerable.Range(place + 1, events.Length - place - 1)
            let pair = (One: events[place], Other: events[other])
            where pair.One.Target is { } target && target == pair.Other.Target && pair.One.By != pair.Other.By && !Knew(pair.One, pair.Other) && !Knew(pair.Other, pair.One)
            select new Conflict(pair.One.Target!, [.. new[] { pair.One.Id, pair.Other.Id }.Order(StringComparer.Ordinal)]);
        var names = events.SelectMany(change => change.Clock.Keys).Distinct(StringComparer.Ordinal);
        return new(AgentJson.Answer(new Output(
            [.. order.Select(change => change.Id)],
            [.. conflicts],
            names.ToImmutableSortedDictionary(name => name, name => events.Max(change => change.Clock.GetValueOrDefault(name)), StringComparer.Ordinal))));
    }

    private static bool Knew(Change later, Change earlier) =>
        earlier.Clock.All(known => later.Clock.GetValueOrDefault(known.Key) >= known.Value) && later.Clock.Any(known => known.Value > earlier.Clock.GetValueOrDefault(known.Key));

    private static Change? ChangeOf(AgentInput input, string field, JsonElement element)
    {
        if (AgentInput.Member(element, "id") is not { } id || AgentInput.Member(element, "by") is not { } by
            || AgentInput.Member(element, "clock") is not { ValueKind: JsonValueKind.Object } clock)
        {
            input.Complain($"'{field}'", "an object with id, by and clock", AgentInput.Describe(element));
            return null;
        }

        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var entry in clock.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var count) || count < 0 || entry.Name.Length > NameLengthMax)
            {
                input.Complain($"'{field}.clock'", "names with whole numbers from 0", AgentInput.Describe(entry.Value));
                return null;
            }

            counts[entry.Name] = count;
        }

        var target = AgentInput.Member(element, "target") is { } on ? input.TextOf(field + ".target", on, NameLengthMax) : null;
        return input.TextOf(field + ".id", id, NameLengthMax) is { } name && input.TextOf(field + ".by", by, NameLengthMax) is { } person
            ? new Change(name, person, counts, target)
            : null;
    }

    private sealed record Change(string Id, string By, Dictionary<string, long> Clock, string? Target);

    private sealed record Conflict(string Target, ImmutableArray<string> Ids);

    private sealed record Output(ImmutableArray<string> Order, ImmutableArray<Conflict> Conflicts, ImmutableSortedDictionary<string, long> Clock);
}
