namespace Orchestrator.BuiltinAgents.Specs.Tutoring;

public sealed class When_a_tutor_has_no_model
{
    private const string Agent = "tutor-agent";

    [Fact]
    public async Task it_prepares_and_says_what_it_cannot_do()
    {
        var ready = await Asked.For(Agent, new { subject = "mathematics", gradeLevel = 7 }, "prepare_conversation");
        ready.GetProperty("conversationReady").GetBoolean().ShouldBeTrue();
        ready.GetProperty("mode").GetString().ShouldBe("offline");
        ready.GetProperty("reasoning").GetString()!.ShouldContain("language model");
        (await Asked.Refused(Agent, """{"learnerId": "12345"}""", "predict_with_gpt4", "agent.not_configured")).ShouldContain("llm agent");
    }

    [Fact]
    public async Task feedback_is_what_the_items_author_wrote()
    {
        var feedback = await Asked.For(Agent, new { activityId = "math-7-mean-1", answer = "8" }, "generate_feedback");
        feedback.GetProperty("correct").GetBoolean().ShouldBeFalse();
        feedback.GetProperty("feedback")[1].GetString()!.ShouldContain("median");
        feedback.GetProperty("nextHint").GetString().ShouldBe("Add all of them.");

        var unknown = await Asked.For(Agent, new { activityId = "nobody-knows-it", answer = "8" }, "generate_feedback");
        unknown.GetProperty("known").GetBoolean().ShouldBeFalse();
        unknown.TryGetProperty("correct", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task hints_go_from_vague_to_telling_and_end()
    {
        (await Hint(1)).ShouldBe(("What does one pen cost?", false));
        (await Hint(2)).ShouldBe(("6 ÷ 3 = 2 for one.", true));
        (await Hint(9)).ShouldBe(("6 ÷ 3 = 2 for one.", true));

        var intervention = await Asked.For(Agent, new { concept = "Ratios" }, "prepare_intervention");
        intervention.GetProperty("intervention").GetString().ShouldBe("progressive_hints");
        intervention.GetProperty("hints").GetArrayLength().ShouldBe(2);

        static async Task<(string?, bool)> Hint(int level)
        {
            var hint = await Asked.For(Agent, new { activityId = "math-6-ratios-1", level }, "provide_hint");
            return (hint.GetProperty("hint").GetString(), hint.GetProperty("isLast").GetBoolean());
        }
    }

    [Fact]
    public async Task a_conversation_is_counted_where_there_is_one()
    {
        var messages = new[] { new { role = "user", text = "Why is it 5?" }, new { role = "agent", text = "Take 7 away." }, new { role = "user", text = "Oh" } };
        var patterns = await Asked.For(Agent, new { messages }, "analyze_conversation_patterns");
        (patterns.GetProperty("fromLearner").GetInt32(), patterns.GetProperty("questions").GetInt32(), patterns.GetProperty("wordsPerMessage").GetDouble()).ShouldBe((2, 1, 2));
        (await Asked.For(Agent, new { learnerId = "12345", days = 7 }, "analyze_conversation_patterns")).GetProperty("known").GetBoolean().ShouldBeFalse();
    }
}
