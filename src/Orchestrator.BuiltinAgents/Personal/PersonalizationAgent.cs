using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.BuiltinAgents.Searches;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Personal;

/// <summary>Puts contents into the order in which they suit one person.</summary>
internal sealed class PersonalizationAgent(BuiltinAgentOptions options) : IAgent
{
    private const int TermLengthMax = 200;
    private const int IdLengthMax = 200;

    // What somebody has seen is worth less to her, and may still be the best there is.
    private const double SeenShare = 0.25;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "personalization_agent",
        "Ranks contents by a person's interests (BM25), what she has seen behind what is new.",
        Actions: ["personalize", "personalize_content"],
        Keywords: ["personalize", "recommend", "for me", "adapt"],
        Input: """
            interests: [string] — words and phrases the person cares about
            contents: [string | { id?, text }] — what there is
            seen: [string] = [] — ids of contents she knows
            user_id: string? — handed on
            """,
        Output: "ranking: [{ id, score, matches: [string], seen }]\nuserId: string?");

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var interests = input.Terms("interests", TermLengthMax);
        var contents = SearchedDocument.ListOf(input, "contents");
        var seen = input.Terms("seen", IdLengthMax);
        var user = input.OptionalText("user_id", IdLengthMax);
        foreach (var (name, what) in new[] { ("interests", "the words a person cares about"), ("contents", "what there is to rank") })
        {
            if (!input.Has(name))
            {
                input.Complain($"'{name}'", what, "nothing");
            }
        }

        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var index = new Bm25(contents.Select(content => content.Text));
        var wanted = interests.Select(interest => (Interest: interest, Stems: Bm25.StemsOf(interest).ToList())).ToList();
        return new(AgentJson.Answer(new Output(
            [.. contents
                .Select((content, place) =>
                {
                    var known = seen.Contains(content.Id);
                    var score = wanted.Sum(want => index.Score(place, want.Stems)) * (known ? SeenShare : 1);
                    return new Ranked(content.Id, Math.Round(score, 4), [.. wanted.Where(want => want.Stems.Exists(stem => index.Holds(place, stem))).Select(want => want.Interest)], known);
                })
                .OrderByDescending(ranked => ranked.Score).ThenBy(ranked => ranked.Seen).ThenBy(ranked => ranked.Id, StringComparer.Ordinal)],
            user)));
    }

    private sealed record Ranked(string Id, double Score, ImmutableArray<string> Matches, bool Seen);

    private sealed record Output(ImmutableArray<Ranked> Ranking, string? UserId);
}
