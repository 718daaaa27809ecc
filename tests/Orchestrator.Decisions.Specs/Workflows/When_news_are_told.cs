using Orchestrator.Decisions.Topics;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Topics;
using static Orchestrator.Decisions.Specs.Workflows.Plans;
using static Orchestrator.Decisions.Specs.Workflows.Story;

namespace Orchestrator.Decisions.Specs.Workflows;

public sealed class When_news_are_told
{
    [Fact]
    public void a_chain_tells_its_steps_under_their_names_and_its_end_as_a_jobs()
    {
        var news = NewsOf(Of(Call("a") with { AgentId = "echo" }, Call("b", "a") with { AgentId = "echo" }).Completes("a", "1").Completes("b", "2"), steps: true);

        news.Select(one => (WorkflowNews.TopicOf(one).Value, one.Type)).ShouldBe([
            ("workflows", "workflow.accepted"), ("steps", "step:started"), ("steps", "step:completed"), ("steps", "step:started"),
            ("steps", "step:completed"), ("workflows", "workflow.completed")]);
        news.Select(one => one.Id).ShouldBe(["1", "2", "3", "4", "5", "6"]);
        news.ShouldAllBe(one => one.Source == "/api/v1/workflows/w");
        news[1].Data.ShouldBe(Json("""{"stepId":"a","agentId":"echo","jobId":"w","attempt":1}"""));
        news[2].Data.ShouldBe(Json("""{"stepId":"a","agentId":"echo","jobId":"w","response":1}"""));
        EventNames.As(news[5], "queue:completed").Data.ShouldBe(Json("""{"jobId":"w","result":2}"""));
        EventNames.As(news[5], "task_completed").Data.ShouldBe(Json("""{"task_id":"w","result":2}"""));
        EventNames.As(news[5], "workflow.completed").ShouldBe(news[5]);
    }

    [Fact]
    public void a_plan_that_falls_back_says_so_and_its_agents_failure_is_critical()
    {
        var fallback = new Plan("plan_b", [Call("guess") with { AgentId = "oracle" }]);
        var news = NewsOf(Of(new Plan("plan_a", [Call("predict") with { AgentId = "oracle" }], FallbackPlan: fallback)).Fails("predict").Fails("~fallback/guess", Broken("agent.down")));

        news.Select(one => one.Type).ShouldBe(["workflow.accepted", "agent:error", "plan:fallback", "agent:error", "workflow.failed"]);
        WorkflowNews.TopicOf(news[1]).ShouldBe(WorkflowNews.Agents);
        (news[1].Source, news[1].Id).ShouldBe(("/api/v1/agents/oracle", "w/4/0"));
        news[1].Data.ShouldBe(Json("""{"agentId":"oracle","stepId":"predict","jobId":"w","error":{"code":"agent.error","message":"It broke.","critical":true}}"""));
        Member(news[2], "planId").ShouldBe("plan_a");
        Member(news[2], "fallbackPlanId").ShouldBe("plan_b");
        EventNames.As(news[4], "queue:failed").Data.ShouldBe(Json("""{"jobId":"w","error":{"code":"agent.down","message":"It broke."}}"""));
    }

    [Fact]
    public void a_failure_the_plan_goes_on_without_is_not_critical()
    {
        var news = NewsOf(Of(Call("a") with { AgentId = "x", OnFailure = OnFailure.Continue }).Fails("a"));

        using var data = news.Single(one => one.Type == "agent:error").Data.Parse();
        data.RootElement.GetProperty("error").GetProperty("critical").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public void what_an_agent_says_with_its_answer_is_told_with_who_said_it()
    {
        const string answer = """
            {"score": 1, "$events": [
              {"type": "agent:insight", "data": {"insight": {"type": "struggling_detected", "data": {"concept": "fractions"}}}},
              {"type": "content:adapted", "subject": "learner-7"},
              {"type": "step:completed"}, {"type": "agent:error"}, {"type": ""}, 7]}
            """;
        var news = NewsOf(Of(Call("a") with { AgentId = "learner agent" }).Completes("a", answer));

        var said = news.Where(one => WorkflowNews.TopicOf(one) == WorkflowNews.Agents).ToArray();
        said.Select(one => (one.Type, one.Subject, one.Source, one.Id)).ShouldBe([
            ("agent:insight", "learner agent", "/api/v1/agents/learner%20agent", "w/3/1"),
            ("content:adapted", "learner-7", "/api/v1/agents/learner%20agent", "w/3/2")]);
        said[0].Data.ShouldBe(Json("""{"agentId":"learner agent","insight":{"type":"struggling_detected","data":{"concept":"fractions"}}}"""));
    }

    [Fact]
    public void a_large_result_is_left_out()
    {
        var news = NewsOf(Of(Call("a")).Completes("a", $"\"{new string('x', 2_000)}\""));

        EventNames.As(news[^1], "queue:completed").Data.ShouldBe(Json("""{"jobId":"w","resultLeftOut":true}"""));
    }

    [Fact]
    public void without_being_asked_nothing_is_told() =>
        WorkflowNews.In(Of(Call("a")).Completes("a", "1").State, [.. Of(Call("a")).Completes("a", "1").Journal], all: false).ShouldBeEmpty();

    private static CloudEvent[] NewsOf(Story story, bool steps = false)
    {
        var news = WorkflowNews.In(story.State, [.. story.Journal], all: true, steps);

        // Told again, it is the same news: the topic knows them by their ids.
        WorkflowNews.In(story.State, [.. story.Journal], all: true, steps).Select(one => (one.Source, one.Id, one.Type)).ShouldBe(news.Select(one => (one.Source, one.Id, one.Type)));
        return [.. news];
    }

    private static string? Member(CloudEvent news, string name)
    {
        using var data = news.Data.Parse();
        return data.RootElement.GetProperty(name).GetString();
    }
}
