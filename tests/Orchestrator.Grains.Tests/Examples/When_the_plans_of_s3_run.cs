using System.Text.Json;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Examples;

/// <summary>The six plans of examples/s3 (S3-17…22) with the built-in agents, in a time that moves only when nothing else is left to do.</summary>
public sealed class When_the_plans_of_s3_run
{
    private static readonly AgentAnswer Broken = AgentAnswer.Fail("agent.error", "It broke.", retryable: true);

    [Fact]
    public void a_session_is_prepared_by_one_agent_after_the_other()
    {
        using var world = new ExampleWorld();
        world.Takes["initialize_session"] = TimeSpan.FromSeconds(2);
        world.Takes["prepare_conversation"] = TimeSpan.FromSeconds(3);
        world.Instead["initialize_session"] = attempt => attempt <= 2 ? Broken : null;

        var (view, seconds) = world.Run("session-init.json");

        view.Status.ShouldBe(WorkflowStatus.Completed);
        seconds.ShouldBe(2 + 1 + 2 + 2 + 2 + 3, "two retries after 1 and 2 seconds, then the tutor");
        OutputOf(view, "init_learning").GetProperty("sessionReady").GetBoolean().ShouldBeTrue();
        OutputOf(view, "init_learning").GetProperty("sessionId").GetString().ShouldBe("session_12345");
        OutputOf(view, "init_tutor").GetProperty("conversationReady").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public void a_session_that_takes_too_long_timed_out_and_says_so()
    {
        using var world = new ExampleWorld();
        world.Takes["prepare_conversation"] = TimeSpan.FromMinutes(2);

        var (view, seconds) = world.Run("session-init.json");

        (view.Status, seconds).ShouldBe((WorkflowStatus.TimedOut, 30));
        view.Failure!.Message.ShouldContain("timed out");
    }

    [Fact]
    public void an_activity_goes_from_question_to_feedback_in_order()
    {
        using var world = new ExampleWorld();
        foreach (var action in new[] { "get_next_activity", "process_interaction", "analyze_performance", "generate_feedback" })
        {
            world.Takes[action] = TimeSpan.FromSeconds(1);
        }

        var (view, seconds) = world.Run("learning-activity.json");

        (view.Status, seconds).ShouldBe((WorkflowStatus.Completed, 4));
        world.Calls.ShouldBe([("get_next_activity", 0), ("process_interaction", 1), ("analyze_performance", 2), ("generate_feedback", 3)]);
        var asked = OutputOf(view, "present_question").GetProperty("activityId").GetString();
        OutputOf(view, "process_answer").GetProperty("response").GetProperty("correct").GetBoolean().ShouldBeFalse();
        OutputOf(view, "evaluate_performance").GetProperty("lastActivity").GetString().ShouldBe(asked);
        OutputOf(view, "provide_feedback").GetProperty("activityId").GetString().ShouldBe(asked);
        OutputOf(view, "provide_feedback").GetProperty("nextHint").GetString().ShouldNotBeNullOrEmpty();
    }

    /// <summary>S3-10: the most expensive of those side by side, plus what joins them.</summary>
    [Fact]
    public void analyses_cost_the_longest_of_them_and_the_join()
    {
        using var world = new ExampleWorld();
        world.Takes["analyze_learning_patterns"] = TimeSpan.FromSeconds(3);
        world.Takes["analyze_speech_progress"] = TimeSpan.FromSeconds(5);
        world.Takes["analyze_conversation_patterns"] = TimeSpan.FromSeconds(4);
        world.Takes["generate_comprehensive_report"] = TimeSpan.FromSeconds(2);

        var (view, seconds) = world.Run("parallel-analysis.json");

        (view.Status, seconds).ShouldBe((WorkflowStatus.Completed, 5 + 2));
        world.Calls.Take(3).ShouldAllBe(call => call.At == 0);
        world.Calls[3].ShouldBe(("generate_comprehensive_report", 5));

        // Nobody handed in what the learner did, and nobody makes it up.
        var report = OutputOf(view, "combine_insights");
        report.GetProperty("known").GetBoolean().ShouldBeFalse();
        report.GetProperty("missing").EnumerateArray().Select(name => name.GetString()).ShouldBe(["learning", "speech", "tutor"]);
    }

    [Fact]
    public void what_is_fetched_is_tried_four_times_at_growing_distances()
    {
        using var world = new ExampleWorld();
        world.Instead["fetch_external_data"] = attempt => attempt <= 3 ? Broken : null;

        var (view, _) = world.Run("resilient.json");

        view.Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Select(call => call.At).ShouldBe([0, 1, 3, 6], "1, 2 and 3 seconds between them");
        OutputOf(view, "fetch_external_data").GetProperty("external").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public void what_is_fetched_too_slowly_timed_out()
    {
        using var world = new ExampleWorld();
        world.Takes["fetch_external_data"] = TimeSpan.FromSeconds(6);
        world.Instead["fetch_external_data"] = _ => Broken;

        var (view, seconds) = world.Run("resilient.json");

        (view.Status, seconds).ShouldBe((WorkflowStatus.TimedOut, 15));
        view.Failure!.Message.ShouldContain("timed out");
    }

    [Fact]
    public void the_model_stands_in_for_a_prediction_that_takes_too_long()
    {
        using var world = new ExampleWorld();
        world.Takes["predict_with_ml"] = TimeSpan.FromSeconds(20);
        world.Takes["predict_with_gpt4"] = TimeSpan.FromSeconds(4);
        world.Instead["predict_with_gpt4"] = _ => AgentAnswer.Ok(Vocabulary.Payloads.Payload.From("likely"));

        var (view, seconds) = world.Run("ml-to-gpt4-fallback.json");

        (view.Status, seconds).ShouldBe((WorkflowStatus.Completed, 5 + 4));
        world.Calls.ShouldBe([("predict_with_ml", 0), ("predict_with_gpt4", 5)]);
    }

    [Fact]
    public void without_a_model_the_fallback_says_what_is_missing()
    {
        using var world = new ExampleWorld();

        var (view, _) = world.Run("ml-to-gpt4-fallback.json");

        view.Status.ShouldBe(WorkflowStatus.Failed);
        world.Calls.Select(call => call.Action).ShouldBe(["predict_with_ml", "predict_with_gpt4"]);
        view.Steps.Single(step => step.Path.Value.EndsWith("gpt4_prediction", StringComparison.Ordinal)).Failure!.Message.ShouldContain("needs a language model");
    }

    [Fact]
    public void rules_stand_in_for_a_prediction_that_fails()
    {
        using var world = new ExampleWorld();
        world.Instead["predict_with_ml"] = _ => Broken;

        var (view, seconds) = world.Run("ml-to-rules-fallback.json");

        (view.Status, seconds).ShouldBe((WorkflowStatus.Completed, 1.5));
        world.Calls.ShouldBe([("predict_with_ml", 0), ("predict_with_ml", 0.5), ("predict_with_ml", 1.5), ("predict_with_rules", 1.5)]);
        var step = view.Steps.Single(step => step.Path.Value.EndsWith("rules_prediction", StringComparison.Ordinal));
        step.Output!.Value.As<JsonElement>().GetProperty("known").GetBoolean().ShouldBeFalse();
    }

    /// <summary>Too little data is no fault that would pass (S3-13).</summary>
    [Fact]
    public void a_prediction_on_nothing_is_not_tried_again_before_the_rules()
    {
        using var world = new ExampleWorld();

        var (view, _) = world.Run("ml-to-rules-fallback.json");

        view.Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Select(call => call.Action).ShouldBe(["predict_with_ml", "predict_with_rules"]);
    }

    [Fact]
    public void a_fallback_has_a_time_of_its_own()
    {
        using var world = new ExampleWorld();
        world.Takes["predict_with_ml"] = TimeSpan.FromSeconds(20);
        world.Takes["predict_with_rules"] = TimeSpan.FromSeconds(20);

        var (view, seconds) = world.Run("ml-to-rules-fallback.json");

        (view.Status, seconds).ShouldBe((WorkflowStatus.TimedOut, 5 + 2));
        view.Failure!.Message.ShouldContain("timed out");
    }

    private static JsonElement OutputOf(WorkflowView view, string step)
    {
        var found = view.Steps.Single(one => one.Path.Value == step);
        found.Status.ShouldBe(StepStatus.Completed, found.Failure?.Message);
        return found.Output!.Value.As<JsonElement>();
    }
}
