using System.Collections.Immutable;
using Orchestrator.Decisions.Routing;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Routing;

namespace Orchestrator.Decisions.Specs.Routing;

/// <summary>How hard a request is to route decides how large a model is asked (S4-15).</summary>
public sealed class When_a_model_is_to_be_chosen
{
    private static readonly RoutingDecision Tied = Keywords(0.5, 0.5), Leaning = Keywords(0.75, 0.5), Nobody = new(RoutingMethod.Fallback, [], 0.1, "");

    public static TheoryData<int, int, int, string, RoutingComplexity> Requests => new()
    {
        { 20, 0, 2, nameof(Leaning), RoutingComplexity.Simple },
        { 20, 0, 2, nameof(Tied), RoutingComplexity.Simple },
        { 20, 0, 4, nameof(Nobody), RoutingComplexity.Simple },
        { 279, 0, 4, nameof(Nobody), RoutingComplexity.Simple },
        { 280, 0, 2, nameof(Leaning), RoutingComplexity.Simple },
        { 280, 0, 2, nameof(Tied), RoutingComplexity.Complex },
        { 0, 1, 2, nameof(Tied), RoutingComplexity.Complex },
        { 2_000, 0, 2, nameof(Leaning), RoutingComplexity.Complex },
        { 20, 0, 5, nameof(Tied), RoutingComplexity.Complex },
        { 20, 0, 5, nameof(Leaning), RoutingComplexity.Simple },
        { 20, 0, 17, nameof(Leaning), RoutingComplexity.Complex },
        { 280, 0, 5, nameof(Leaning), RoutingComplexity.Complex },
    };

    [Theory, MemberData(nameof(Requests))]
    public void length_choice_and_rules_that_leave_it_open_count_and_two_of_them_are_complex(int letters, int earlier, int candidates, string rules, RoutingComplexity expected)
    {
        var request = new RoutingRequest(new string('x', letters), History: [.. Enumerable.Repeat(Payload.Null, earlier)]);
        RoutingComplexities.Of(request, candidates, rules switch { nameof(Tied) => Tied, nameof(Leaning) => Leaning, _ => Nobody }).ShouldBe(expected);
    }

    [Fact]
    public void a_request_without_history_is_judged_by_its_words() =>
        RoutingComplexities.Of(new RoutingRequest("find it"), 2, Leaning).ShouldBe(RoutingComplexity.Simple);

    private static RoutingDecision Keywords(params ImmutableArray<double> scores) =>
        new(RoutingMethod.Keywords, [.. scores.Select((score, index) => new RoutingCandidate("agent_" + index, "act", score, Chosen: true, []))], scores[0], "");
}
