using System.Collections.Immutable;
using Orchestrator.Decisions.Analytics;
using Orchestrator.Vocabulary.Topics;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Analytics;

public sealed class When_agents_have_noticed_something
{
    [Theory]
    [InlineData("""{"agentId": "learning-agent-ana-1767225600000", "insight": {"type": "struggling_detected", "data": {"concept": "fractions"}}}""", "ana")]
    [InlineData("""{"agentId": "learning-agent-ana-bo-1767225600000", "insight": {"type": "struggling_detected", "data": {}}}""", "ana-bo")]
    [InlineData("""{"agentId": "echo", "insight": {"type": "struggling_detected", "data": {"learnerId": "ana"}}}""", "ana")]
    [InlineData("""{"agentId": "learning-agent-ana", "insight": {"type": "struggling_detected"}}""", null)]
    [InlineData("""{"agentId": "echo", "insight": {"type": "struggling_detected", "data": 7}}""", null)]
    public void it_is_known_who_noticed_what_about_whom(string data, string? learner) =>
        (Told(data)!.Learner, Told(data)!.Type).ShouldBe((learner, "struggling_detected"));

    [Theory]
    [InlineData("""{"agentId": "echo"}""")]
    [InlineData("""{"insight": {"type": "a"}}""")]
    [InlineData("""{"agentId": "echo", "insight": {"type": 7}}""")]
    [InlineData("""[1]""")]
    public void what_is_made_otherwise_is_passed_over(string data) => Told(data).ShouldBeNull();

    [Fact]
    public void all_that_is_asked_for_must_hold()
    {
        var insight = Told("""{"agentId": "learning-agent-ana-1767225600000", "insight": {"type": "mastered", "data": {}}}""")!;
        foreach (var filter in (InsightFilter[])[new(), new("learning-agent"), new("learning-agent-ana-1767225600000"), new(Learner: "ana"), new("learning-agent", "ana", "mastered")])
        {
            filter.Selects(insight).ShouldBeTrue(filter.ToString());
        }

        foreach (var filter in (InsightFilter[])[new("learning"), new("tutor-agent"), new(Learner: "an"), new("learning-agent", "ana", "other")])
        {
            filter.Selects(insight).ShouldBe(filter.Agent == "learning", filter.ToString());
        }
    }

    private static Insight? Told(string data) => Insight.Of(new TopicEvent(
        7, DateTimeOffset.UnixEpoch, new CloudEvent("1", "test", Insight.EventType, null, Json(data), ImmutableSortedDictionary<string, string>.Empty)));
}
