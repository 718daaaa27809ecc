namespace Orchestrator.BuiltinAgents.Specs.Checks;

public sealed class When_values_are_tested
{
    [Fact]
    public async Task each_says_whether_it_passed_and_why_not()
    {
        var output = await Asked.For("testing_qa_agent", new
        {
            tests = new object[]
            {
                new { name = "same", value = new { a = 1 }, equals = new { a = 1 } },
                new { name = "other", value = 1, equals = 2 },
                new { name = "shape", value = new { score = 11 }, schema = new { properties = new { score = new { maximum = 10 } } } },
            },
        }, "run_tests");
        (output.GetProperty("passed").GetInt32(), output.GetProperty("failed").GetInt32(), output.GetProperty("success").GetBoolean()).ShouldBe((1, 2, false));
        output.GetProperty("results").EnumerateArray().SelectMany(result => result.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()))
            .ShouldBe(["Expected the number 2, found the number 1.", "/score: expected at most 10, found 11."]);
    }

    [Theory]
    [InlineData("""{"tests": [{"name": "x", "value": 1, "schema": {"type": "poem"}}]}""", "'tests[0].schema'")]
    [InlineData("""{"tests": [{"name": "x", "value": 1}]}""", "expected a schema, or what the value equals, found neither")]
    [InlineData("""{"tests": [{"name": "x"}]}""", "'tests[0]'")]
    public async Task what_tests_nothing_is_refused(string json, string problem) => (await Asked.Refused("testing_qa_agent", json)).ShouldContain(problem);

    [Fact]
    public async Task no_tests_show_nothing() => await Asked.Refused("testing_qa_agent", """{"tests": []}""", code: "agent.nothing_to_do");
}
