using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Client.Plans;
using Orchestrator.PlanLanguage;

namespace Orchestrator.ApiHost.Tests.Client;

/// <summary>What expressions become in the plan language, and what they cannot say.</summary>
public sealed class When_a_plan_is_defined_in_code
{
    private static readonly AgentAction<Text, Terms> KeyTerms = new("key_terms_agent", "extract");
    private static readonly AgentAction<Question, Answer> Ask = new(null, "answer");

    [Fact]
    public void outputs_that_are_used_become_paths_and_dependencies()
    {
        var plan = PlanDefinition.Of<Essay, Report>("essay", essay =>
        {
            var terms = essay.Step("terms", KeyTerms, () => new Text { Content = essay.Input.Body });
            var answer = essay.Step("answer", Ask, () => new Question(terms.Output.Found[0].Word, terms.Output.Found.Count, new Text { Content = "fixed" }));
            var looked = essay.Approval("look", "Is it good?", ["ada"], TimeSpan.FromDays(1), new StepOptions { After = [answer] });
            return () => new Report(answer.Output.Odd, looked.Output.Approved, new[] { essay.Input.Title, terms.Output.Found[1].Word });
        });
        ShouldBe(plan, """
            {
              "id": "essay", "parallel": true,
              "steps": [
                {"action": "extract", "input": {"content": "${{ input.body }}"}, "agentId": "key_terms_agent", "id": "terms"},
                {"action": "answer", "input": {"about": "${{ steps.terms.output.found[0].word }}", "of": "${{ length(steps.terms.output.found) }}", "style": {"content": "fixed"}}, "id": "answer", "dependencies": ["terms"]},
                {"approval": {"prompt": "Is it good?", "approvers": ["ada"], "expires": 86400000}, "id": "look", "dependencies": ["answer"]}
              ],
              "output": {"odd": "${{ steps.answer.output[\"odd name\"] }}", "good": "${{ steps.look.output.approved }}", "names": ["${{ input.title }}", "${{ steps.terms.output.found[1].word }}"]}
            }
            """);
    }

    [Fact]
    public void a_whole_output_can_be_handed_on_and_items_can_be_gone_through()
    {
        var plan = PlanDefinition.Of<Essay, IReadOnlyList<Answer>>("fan", essay =>
        {
            var terms = essay.Step("terms", KeyTerms, () => new Text { Content = essay.Input.Body });
            var each = essay.ForEach("each", () => terms.Output.Found, Ask, term => new Question(term.Word, 1, null), concurrency: 4);
            return () => each.Output;
        });
        ShouldBe(plan, """
            {
              "id": "fan", "parallel": true,
              "steps": [
                {"action": "extract", "input": {"content": "${{ input.body }}"}, "agentId": "key_terms_agent", "id": "terms"},
                {"action": "answer", "input": {"about": "${{ item.word }}", "of": 1, "style": null}, "forEach": {"items": "${{ steps.terms.output.found }}", "concurrency": 4}, "id": "each", "dependencies": ["terms"]}
              ],
              "output": "${{ steps.each.output }}"
            }
            """);
    }

    [Fact]
    public void options_of_a_step_are_those_of_the_language()
    {
        var plan = PlanDefinition.Of<Essay, object?>("options", essay =>
        {
            var rest = essay.Sleep("rest", TimeSpan.FromHours(1));
            var paid = essay.Signal<Text>("paid", "payment", new StepOptions { Timeout = TimeSpan.FromDays(2) });
            essay.Step("mail", Ask, () => new Question("x", 1, null), new StepOptions
            {
                After = [rest, paid],
                Timeout = TimeSpan.FromSeconds(30),
                Attempts = 4,
                RetryInterval = TimeSpan.FromSeconds(2),
                Priority = 5,
                FallbackAgent = "echo",
            });
            essay.Step("log", Ask, () => new Question("y", 2, null), new StepOptions { ContinueOnFailure = true });
            return () => null;
        }, timeout: TimeSpan.FromDays(3));
        ShouldBe(plan, """
            {
              "id": "options", "parallel": true,
              "steps": [
                {"sleep": 3600000, "id": "rest"},
                {"signal": "payment", "id": "paid", "timeout": 172800000},
                {"action": "answer", "input": {"about": "x", "of": 1, "style": null}, "id": "mail", "dependencies": ["rest", "paid"], "timeout": 30000, "retryPolicy": {"maxAttempts": 4, "initialInterval": 2000}, "fallback": "echo", "priority": 5},
                {"action": "answer", "input": {"about": "y", "of": 2, "style": null}, "id": "log", "onFailure": "continue"}
              ],
              "output": null, "timeout": 259200000
            }
            """);
    }

    [Fact]
    public void what_a_program_puts_in_is_no_expression_of_the_language()
    {
        var stranger = "${{ steps.secret.output }}";
        var plan = PlanDefinition.Of<Essay, object?>("safe", essay =>
        {
            essay.Step("a", Ask, () => new Question(stranger, 1, new Text { Content = stranger }));
            essay.Approval("b", stranger);
            return () => null;
        });
        var steps = JsonNode.Parse(plan.ToJson())!["steps"]!;
        steps[0]!["input"]!["about"]!.GetValue<string>().ShouldBe("$${{ steps.secret.output }}");
        steps[0]!["input"]!["style"]!["content"]!.GetValue<string>().ShouldBe("$${{ steps.secret.output }}");
        steps[1]!["approval"]!["prompt"]!.GetValue<string>().ShouldBe("$${{ steps.secret.output }}");
        PlanDocument.Read(plan.ToJson()).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void work_has_no_place_in_a_plan()
    {
        Should.Throw<NotSupportedException>(() => PlanDefinition.Of<Essay, object?>("work", essay =>
        {
            essay.Step("a", Ask, () => new Question(essay.Input.Body.ToUpperInvariant(), 1, null));
            return () => null;
        })).Message.ShouldStartWith("Step 'a': ");
        Should.Throw<NotSupportedException>(() => PlanDefinition.Of<Essay, string>("work", essay => () => essay.Input.Title + essay.Input.Body)).Message.ShouldStartWith("The output of plan 'work': ");
        Should.Throw<InvalidOperationException>(() => PlanDefinition.Of<Essay, object?>("early", essay =>
        {
            var body = essay.Input.Body;
            return () => body;
        })).Message.ShouldBe("The input of the plan has no value while the plan is being defined. It can stand in the expressions that say what a step is given.");
    }

    // Held to the reader of plans too: what is written must be a plan.
    private static void ShouldBe<TInput, TOutput>(PlanDefinition<TInput, TOutput> plan, string expected)
    {
        JsonNode.DeepEquals(JsonNode.Parse(plan.ToJson()), JsonNode.Parse(expected)).ShouldBeTrue(plan.ToJson());
        PlanDocument.Read(plan.ToJson()).Problems.ShouldBeEmpty();
    }

    private sealed record Essay(string Title, string Body);

    private sealed record Text
    {
        public string Content { get; init; } = "";
    }

    private sealed record Term(string Word);

    private sealed record Terms(IReadOnlyList<Term> Found);

    private sealed record Question(string About, int Of, Text? Style);

    private sealed record Answer([property: JsonPropertyName("odd name")] string Odd);

    private sealed record Report(string Odd, bool Good, string[] Names);
}
