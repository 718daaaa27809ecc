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
            interests: [string] — words and phrases the person cares about; without them those of user_id, where profiles are kept
            contents: [string | { id?, text }] — what there is; without it the paragraphs of content_id, where contents are kept
            seen: [string] = [] — ids of contents she knows
            user_id: string? — handed on
            content_id: string?
            """,
        Output: "ranking: [{ id, score, matches: [string], seen }]\nuserId: string?");

    public async ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var interests = input.Terms("interests", TermLengthMax);
        var contents = SearchedDocument.ListOf(input, "contents");
        var seen = input.Terms("seen", IdLengthMax);
        var user = input.OptionalText("user_id", IdLengthMax);
        var content = input.OptionalText("content_id", IdLengthMax);
        if (input.Refusal is null && content is not null && !input.Has("contents") && options.ContentsFolder is not null)
        {
            contents = await Shelf.ParagraphsAsync(input, content, cancellationToken);
        }

        if (input.Refusal is null && user is not null && !input.Has("interests") && options.ProfilesFolder is not null && await Shelf.ProfileAsync(input, user, cancellationToken) is { } profile)
        {
            interests = profile.Interests.IsDefault ? [] : profile.Interests;
            seen = input.Has("seen") || profile.Seen.IsDefault ? seen : profile.Seen;
        }

        foreach (var (name, none, what, id, setting) in new[]
        {
            ("interests", interests.IsEmpty, "the words a person cares about", "user_id", nameof(options.ProfilesFolder)),
            ("contents", contents.IsEmpty, "what there is to rank", "content_id", nameof(options.ContentsFolder)),
        })
        {
            if (none && !input.Has(name))
            {
                input.Complain($"'{name}'", $"{what}, or {id} with {BuiltinAgentOptions.Section}:{setting}", "nothing");
            }
        }

        if (input.Refusal is { } refusal)
        {
            return refusal;
        }

        var index = new Bm25(contents.Select(each => each.Text));
        var wanted = interests.Select(interest => (Interest: interest, Stems: Bm25.StemsOf(interest).ToList())).ToList();
        return AgentJson.Answer(new Output(
            [.. contents
                .Select((ranked, place) =>
                {
                    var known = seen.Contains(ranked.Id);
                    var score = wanted.Sum(want => index.Score(place, want.Stems)) * (known ? SeenShare : 1);
                    return new Ranked(ranked.Id, Math.Round(score, 4), [.. wanted.Where(want => want.Stems.Exists(stem => index.Holds(place, stem))).Select(want => want.Interest)], known);
                })
                .OrderByDescending(ranked => ranked.Score).ThenBy(ranked => ranked.Seen).ThenBy(ranked => ranked.Id, StringComparer.Ordinal)],
            user));
    }

    private sealed record Ranked(string Id, double Score, ImmutableArray<string> Matches, bool Seen);

    private sealed record Output(ImmutableArray<Ranked> Ranking, string? UserId);
}
