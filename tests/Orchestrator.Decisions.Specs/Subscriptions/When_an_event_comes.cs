using System.Collections.Immutable;
using System.Text;
using Orchestrator.Decisions.Subscriptions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Subscriptions;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Decisions.Specs.Subscriptions;

public sealed class When_an_event_comes
{
    private static readonly Subscription Tutor = new(
        "tutor", "agents", ["agent:insight"], "input.data.insight.type == 'struggling_detected'", Agent: "tutor-agent", Action: "prepare_intervention",
        Input: Json("""{"concept": "${{ input.data.insight.concept }}"}"""));

    [Fact]
    public void one_that_fits_starts_a_workflow_that_the_event_alone_names()
    {
        var kept = Insight(7, """{"insight": {"type": "struggling_detected", "concept": "fractions"}}""");

        var start = SubscriptionDecisions.React(Tutor, kept, hopsMax: 5).ShouldBeOfType<Reaction.Start>();

        start.Input.ShouldBe(Json("""{"concept":"fractions"}"""));
        start.Tags.ShouldBe(new Dictionary<string, string> { ["subscription"] = "tutor", ["event"] = "agents/7", ["event-hops"] = "1" }, ignoreOrder: true);
        SubscriptionDecisions.React(Tutor with { Priority = 5, When = null }, kept, hopsMax: 5).ShouldBeOfType<Reaction.Start>().Id.ShouldBe(start.Id);
        SubscriptionDecisions.IdOf(Tutor with { Topic = "others" }, 7).ShouldNotBe(start.Id);
        SubscriptionDecisions.IdOf(Tutor with { Name = new string('x', 64) }, long.MaxValue).Value.Length.ShouldBeLessThanOrEqualTo(128);
    }

    [Theory]
    [InlineData("agent:error", """{"insight": {"type": "struggling_detected"}}""")]
    [InlineData("agent:insight", """{"insight": {"type": "bored"}}""")]
    [InlineData("agent:insight", "null")]
    public void one_that_does_not_fit_starts_nothing(string type, string data) =>
        SubscriptionDecisions.React(Tutor, Insight(1, data, type), hopsMax: 5).ShouldBe(Reaction.None.Instance);

    [Fact]
    public void an_event_at_the_end_of_as_many_subscriptions_as_may_be_starts_nothing()
    {
        var insight = """{"insight": {"type": "struggling_detected", "concept": "x"}}""";
        SubscriptionDecisions.React(Tutor, Insight(1, insight, hops: 4), hopsMax: 5).ShouldBeOfType<Reaction.Start>().Tags["event-hops"].ShouldBe("5");
        SubscriptionDecisions.React(Tutor, Insight(1, insight, hops: 5), hopsMax: 5).ShouldBeOfType<Reaction.Cut>().Reason.ShouldContain("5 subscriptions");
    }

    [Fact]
    public void an_input_that_cannot_be_made_of_the_event_starts_nothing_and_says_why() =>
        SubscriptionDecisions.React(Tutor with { Input = Json("\"${{ steps.a.output }}\"") }, Insight(1, """{"insight": {"type": "struggling_detected"}}"""), hopsMax: 5)
            .ShouldBeOfType<Reaction.Cut>().Reason.ShouldContain("steps.a");

    [Fact]
    public void an_end_is_found_by_its_other_names()
    {
        var failed = new TopicEvent(3, default, new CloudEvent(
            "9", "/api/v1/workflows/w", "workflow.failed", "w", Json("""{"error": {"code": "agent.down", "message": "x"}}"""), ImmutableSortedDictionary<string, string>.Empty));

        SubscriptionDecisions.React(new("retry", "workflows", ["queue:failed"], Plan: "again", Input: Json("\"${{ input.data.jobId }}\"")), failed, hopsMax: 5)
            .ShouldBeOfType<Reaction.Start>().Input.ShouldBe(Json("\"w\""));
    }

    [Theory]
    [InlineData("name", "a b")]
    [InlineData("topic", "Upper")]
    [InlineData("when", "input.x ==")]
    [InlineData("plan", "both")]
    public void what_no_event_could_follow_is_refused(string member, string value)
    {
        var wrong = member switch
        {
            "name" => Tutor with { Name = value },
            "topic" => Tutor with { Topic = value },
            "when" => Tutor with { When = value },
            _ => Tutor with { Plan = value },
        };
        SubscriptionRules.Check(wrong).ShouldNotBeNull().Code.ShouldBe("subscription.invalid");
        SubscriptionRules.Check(Tutor).ShouldBeNull();
    }

    private static TopicEvent Insight(long number, string data, string type = "agent:insight", int hops = 0) => new(number, default, new CloudEvent(
        $"e-{number}", "/api/v1/agents/learner", type, null, Json(data),
        hops == 0 ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add("hops", $"{hops}")));

    private static Payload Json(string text) => Payload.TryParse(Encoding.UTF8.GetBytes(text), out var payload, out var problem) ? payload : throw new ArgumentException(problem);
}
