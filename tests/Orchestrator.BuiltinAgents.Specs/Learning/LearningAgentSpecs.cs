using System.Text.Json;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Specs.Learning;

public sealed class When_a_learner_practises
{
    private const string Agent = "learning-agent";

    [Fact]
    public async Task a_session_begins_with_the_item_that_tells_most_about_a_grade()
    {
        var begun = await Asked.For(Agent, new { subject = "Mathematics", gradeLevel = 7, sessionId = "s1" }, "initialize_session");
        begun.GetProperty("sessionReady").GetBoolean().ShouldBeTrue();
        begun.GetProperty("firstActivity").GetProperty("gradeLevel").GetInt32().ShouldBe(7);
        begun.GetProperty("firstActivity").TryGetProperty("answers", out _).ShouldBeFalse();
        begun.GetProperty("ability").GetProperty("theta").GetDouble().ShouldBe(0.75);
    }

    [Fact]
    public async Task what_there_are_no_items_for_is_said()
    {
        var begun = await Asked.For(Agent, new { subject = "alchemy" }, "initialize_session");
        begun.GetProperty("itemCount").GetInt32().ShouldBe(0);
        begun.GetProperty("reasoning").GetString()!.ShouldContain("There are no items for 'alchemy'");
    }

    [Fact]
    public async Task a_right_answer_leads_up_and_a_wrong_one_down()
    {
        var right = await Answer("math-7-equations-1", "5");
        var wrong = await Answer("math-7-equations-1", "19");
        var (up, down) = (right.GetProperty("response"), wrong.GetProperty("response"));
        (up.GetProperty("correct").GetBoolean(), down.GetProperty("correct").GetBoolean()).ShouldBe((true, false));
        up.GetProperty("nextActivity").GetProperty("difficulty").GetDouble().ShouldBeGreaterThan(down.GetProperty("nextActivity").GetProperty("difficulty").GetDouble());
        up.GetProperty("nextActivity").GetProperty("activityId").GetString().ShouldNotBe("math-7-equations-1");
        right.GetProperty("confidence").GetDouble().ShouldBe(0.79);
        down.GetProperty("feedback").GetString()!.ShouldContain("added instead of taken away");
        Types(down).ShouldBe(["feedback", "hint", "easier"]);
    }

    [Fact]
    public async Task an_unknown_activity_is_not_judged_and_every_field_is_there()
    {
        var answer = await Answer("nobody-knows-it", "5");
        var response = answer.GetProperty("response");
        answer.GetProperty("success").GetBoolean().ShouldBeTrue();
        response.GetProperty("correct").ValueKind.ShouldBe(JsonValueKind.Null);
        response.GetProperty("nextActivity").ValueKind.ShouldBe(JsonValueKind.Object);
        response.GetProperty("adaptations").GetArrayLength().ShouldBe(0);
        answer.GetProperty("confidence").GetDouble().ShouldBe(0);
        answer.GetProperty("reasoning").GetString()!.ShouldContain("no activity 'nobody-knows-it'");
        answer.TryGetProperty("timestamp", out _).ShouldBeTrue();
        answer.GetProperty("remember").GetProperty("state").GetProperty("recent").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task three_wrong_answers_in_a_row_call_for_the_tutor()
    {
        object? state = null;
        JsonElement answer = default;
        foreach (var given in new[] { "1", "2", "3" })
        {
            answer = await Answer("math-7-equations-1", given, state);
            state = answer.GetProperty("remember").GetProperty("state");
        }

        var response = answer.GetProperty("response");
        response.GetProperty("requiresTutorIntervention").GetBoolean().ShouldBeTrue();
        response.GetProperty("interventionReason").GetString()!.ShouldContain("3 wrong answers in a row on 'linear equations'");
        Types(response).ShouldContain("progressive_hints");
    }

    [Fact]
    public async Task what_it_remembers_is_what_later_requests_know()
    {
        var state = await AfterAsync(10);
        var performance = await Asked.For(Agent, new { state }, "analyze_performance");
        (performance.GetProperty("answers").GetInt32(), performance.GetProperty("right").GetInt32()).ShouldBe((10, 10));
        performance.GetProperty("verdict").GetString().ShouldBe("as_expected", "the belief has followed the answers");
        var young = (await Answer("math-8-equations-1", "10", grade: 5)).GetProperty("remember").GetProperty("state");
        (await Asked.For(Agent, new { state = young }, "analyze_performance")).GetProperty("verdict").GetString().ShouldBe("above_expectation");

        var patterns = await Asked.For(Agent, new { state, days = 7 }, "analyze_learning_patterns");
        patterns.GetProperty("perDay")[0].GetProperty("right").GetInt32().ShouldBe(10);

        var prediction = await Asked.For(Agent, new { state, activityId = "math-7-equations-1" }, "predict_with_ml");
        prediction.GetProperty("probability").GetDouble().ShouldBeGreaterThan(0.8);
        var interval = prediction.GetProperty("interval");
        interval[0].GetDouble().ShouldBeLessThan(prediction.GetProperty("probability").GetDouble());

        (await Asked.For(Agent, new { state, activityId = "math-7-equations-1" }, "predict_with_rules")).GetProperty("probability").GetDouble().ShouldBe(0.85);
    }

    [Fact]
    public async Task a_model_refuses_to_predict_on_too_little_and_rules_say_that_they_guess()
    {
        (await Asked.Refused(Agent, """{"learnerId": "12345"}""", "predict_with_ml", "agent.not_enough_data")).ShouldContain("0 are known");
        var guess = await Asked.For(Agent, new { learnerId = "12345" }, "predict_with_rules");
        (guess.GetProperty("known").GetBoolean(), guess.GetProperty("probability").GetDouble()).ShouldBe((false, 0.5));
    }

    [Fact]
    public async Task items_of_the_request_are_asked_too()
    {
        var items = new[] { new { id = "geo-1", subject = "geography", skill = "capitals", difficulty = 0.0, prompt = "Capital of Peru?", answers = new[] { "Lima" } } };
        (await Asked.For(Agent, new { subject = "geography", items }, "get_next_activity")).GetProperty("activityId").GetString().ShouldBe("geo-1");
        (await Asked.Refused(Agent, """{"items": [{"id": "geo-1"}]}""", "get_next_activity")).ShouldContain("'subject' and 'skill'");
    }

    [Fact]
    public async Task the_outline_of_its_items_is_no_school_curriculum()
    {
        (await Asked.For(Agent, new { source = "curriculum_api" }, "fetch_external_data")).GetProperty("external").GetBoolean().ShouldBeFalse();
        (await Asked.Refused(Agent, """{"source": "elsewhere"}""", "fetch_external_data", "agent.not_configured")).ShouldContain("'elsewhere'");
    }

    [Theory]
    [InlineData("""{"state": 5}""")]
    [InlineData("""{"activityId": 5}""")]
    [InlineData("""{"response": {"answer": []}}""")]
    [InlineData("""{"timestamp": "soon", "response": "5"}""")]
    [InlineData("""{"gradeLevel": 99}""")]
    public Task what_cannot_be_read_is_refused(string input) => Asked.Refused(Agent, input, "process_interaction");

    [Fact]
    public async Task a_state_of_other_hands_does_no_harm()
    {
        const string State = """{"state": {"abilities": {"mathematics": {"theta": 1e308, "variance": -1}, "x": null}, "skills": null, "recent": [null, {}]}, "activityId": "math-7-mean-1", "response": {"answer": "7"}}""";
        (await Asked.Answer(Agent, State, "process_interaction")).ShouldBeOfType<AgentAnswer.Completed>();
    }

    private static async Task<JsonElement> AfterAsync(int answers)
    {
        JsonElement? state = null;
        for (var answer = 0; answer < answers; answer++)
        {
            state = (await Answer("math-7-equations-1", "5", state)).GetProperty("remember").GetProperty("state");
        }

        return state!.Value;
    }

    private static Task<JsonElement> Answer(string activity, string answer, object? state = null, int grade = 7) =>
        Asked.For(Agent, new { subject = "mathematics", gradeLevel = grade, activityId = activity, response = new { answer }, state }, "process_interaction");

    private static IEnumerable<string?> Types(JsonElement response) => response.GetProperty("adaptations").EnumerateArray().Select(adaptation => adaptation.GetProperty("type").GetString());
}
