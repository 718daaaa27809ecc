using Orchestrator.PlanLanguage;

namespace Orchestrator.Decisions.Specs.PlanLanguage;

public sealed class When_a_document_is_wrong
{
    [Fact]
    public void everything_is_said_at_once_with_its_place()
    {
        var reading = PlanDocument.Read(
            """
            id: my plan
            timeuot: 30s
            steps:
              - id: a
                action: echo
                dependencies: [c]
                timeout: 5 minutes
              - id: 007
                action: echo
              - id: c
                dependsOn: [a]
                input: { text: "${{ steps.b.output }}" }
                priority: urgent
              - id: d
                action: echo
                dependencies: [cc, d]
                retryPolicy: { maxRetries: 2, maxAttempts: 3, backoffMs: 100 }
              - id: c
                sleep: 1s
                action: echo
            """);
        reading.Plan.ShouldBeNull();
        reading.Problems.Select(p => $"{p.Line}:{p.Column} {p.Pointer} {p.Code} {p.Suggestion}".TrimEnd()).ShouldBe(
        [
            "1:5 /id plan.bad_id",
            "2:1 /timeuot plan.unknown_field timeout",
            "7:14 /steps/0/timeout plan.bad_timeout",
            "8:9 /steps/1/id plan.wrong_type \"007\"",
            "11:5 /steps/2/dependsOn plan.unknown_field dependencies",
            "12:20 /steps/2/input/text plan.bad_reference a",
            "13:15 /steps/2/priority plan.wrong_type",
            "16:20 /steps/3/dependencies/0 plan.unknown_dependency c",
            "16:24 /steps/3/dependencies/1 plan.self_dependency",
            "17:32 /steps/3/retryPolicy/maxRetries plan.conflicting_fields",
            "18:9 /steps/4/id plan.duplicate_step",
            "18:5 /steps/4 plan.ambiguous_work",
        ], ignoreOrder: true);
    }

    [Theory]
    [InlineData("{\"id\":\"p\",\n \"steps\":[}", "plan.syntax", 2, 11)]
    [InlineData("{\"id\":\"p\",\"id\":\"q\",\"steps\":[]}", "plan.duplicate_key", 1, 11)]
    [InlineData("{\"id\":\"é\\ud800\"}", "plan.syntax", 1, 7)]
    [InlineData("{\"id\":1e400}", "plan.bad_number", 1, 7)]
    [InlineData("{\"id\":NaN}", "plan.syntax", 1, 7)]
    [InlineData("{\"id\":\"p\"} x", "plan.syntax", 1, 12)]
    [InlineData("[]", "plan.wrong_type", 1, 1)]
    [InlineData("", "plan.syntax", 1, 1)]
    [InlineData("# only a comment", "plan.syntax", 1, 1)]
    [InlineData("a: [1, 2", "plan.syntax", 2, 1)]
    [InlineData("a: 1\na: 2", "plan.duplicate_key", 2, 1)]
    [InlineData("a: !!str 1", "plan.syntax", 1, 4)]
    [InlineData("a: !!python/object/apply:os.system [x]", "plan.syntax", 1, 4)]
    [InlineData("b: &b {x: 1}\na:\n  <<: *b", "plan.syntax", 3, 3)]
    [InlineData("a: *nowhere", "plan.syntax", 1, 4)]
    [InlineData("a: &x [*x]", "plan.syntax", 1, 8)]
    [InlineData("? [a]\n: 1", "plan.syntax", 1, 3)]
    [InlineData("a: .inf", "plan.bad_number", 1, 4)]
    [InlineData("a: 1e999", "plan.bad_number", 1, 4)]
    [InlineData("a: 1\n---\nb: 1", "plan.syntax", 2, 1)]
    [InlineData("a: \"\\ud800\"", "plan.syntax", 1, 4)]
    [InlineData("a: \t- b", "plan.syntax", 1, 5)]
    public void what_cannot_be_read_is_one_problem_with_a_place(string document, string code, int line, int column)
    {
        var problem = PlanDocument.Read(document).Problems.ShouldHaveSingleItem();
        problem.Code.ShouldBe(code, problem.Message);
        (problem.Line, problem.Column).ShouldBe((line, column), problem.Message);
    }

    [Theory]
    [InlineData("timeout: 1.5", "plan.bad_timeout")]
    [InlineData("timeout: 5x", "plan.bad_timeout")]
    [InlineData("timeout: P1M", "plan.bad_timeout")]
    [InlineData("timeout: PT", "plan.bad_timeout")]
    [InlineData("timeout: []", "plan.wrong_type")]
    [InlineData("timeout: 99999999999999999999", "plan.bad_timeout")]
    [InlineData("timeout: -1", "plan.bad_timeout")]
    [InlineData("parallel: yes", "plan.wrong_type")]
    [InlineData("parallel: true\nmode: sequential", "plan.conflicting_fields")]
    [InlineData("mode: paralell", "plan.wrong_type")]
    [InlineData("inputs: 3", "plan.wrong_type")]
    [InlineData("inputs: { a: { default: { file: x } } }", "plan.file_not_allowed")]
    [InlineData("inputs: { a: { name: b } }", "plan.unknown_field")]
    [InlineData("inputs: [ { description: b } ]", "plan.missing_field")]
    [InlineData("output: '${{ steps.b.output }}'", "plan.bad_reference")]
    [InlineData("fallbackPlan: { steps: [] }", "plan.empty")]
    [InlineData("description: 3", "plan.wrong_type")]
    [InlineData("plan: {}", "plan.unknown_field")]
    public void each_field_of_a_plan_is_checked(string field, string code) =>
        PlanDocument.Read("id: p\nsteps: [{ id: a, action: b }]\n" + field).Problems.ShouldHaveSingleItem().Code.ShouldBe(code);

    [Theory]
    [InlineData("agentId: 3", "plan.wrong_type")]
    [InlineData("when: 3", "plan.wrong_type")]
    [InlineData("when: 'input.'", "plan.bad_reference")]
    [InlineData("forEach: steps.a.output", "plan.bad_for_each")]
    [InlineData("forEach: 3", "plan.wrong_type")]
    [InlineData("forEach: { concurrency: 3 }", "plan.missing_field")]
    [InlineData("forEach: { items: [], concurrency: 0 }", "plan.bad_for_each")]
    [InlineData("onFailure: explode", "plan.wrong_type")]
    [InlineData("onFailure: fallback", "plan.bad_on_failure")]
    [InlineData("onFailure: { kind: fallback, agentId: b }", "plan.unknown_field")]
    [InlineData("onFailure: { agent: b }\n    fallback: c", "plan.conflicting_fields")]
    [InlineData("fallback: 3", "plan.wrong_type")]
    [InlineData("fallback: { agentId: b, plan: { steps: [ { id: a, action: b } ] } }", "plan.bad_on_failure")]
    [InlineData("compensate: { input: 3 }", "plan.missing_field")]
    [InlineData("retryPolicy: 3", "plan.wrong_type")]
    [InlineData("retryPolicy: { backoffMs: 3 }", "plan.bad_retry")]
    [InlineData("retryPolicy: { maxRetries: -1 }", "plan.bad_retry")]
    [InlineData("retryPolicy: { maxRetries: 99999999999 }", "plan.bad_retry")]
    [InlineData("retryPolicy: { maxRetries: 1, jitter: 2 }", "plan.bad_retry")]
    [InlineData("retryPolicy: { maxRetries: 1, backoff: quadratic }", "plan.wrong_type")]
    [InlineData("priority: 6", "plan.bad_priority")]
    [InlineData("limits: [a, a]", "plan.bad_limit")]
    [InlineData("limits: [{ name: a, tokens: 0 }]", "plan.bad_limit")]
    [InlineData("limits: [{ name: a, key: '${{ steps.none.output }}' }]", "plan.bad_reference")]
    [InlineData("limits: a", "plan.wrong_type")]
    [InlineData("priority: 1.5", "plan.wrong_type")]
    [InlineData("onUnknown: guess", "plan.wrong_type")]
    [InlineData("dependencies: b", "plan.wrong_type")]
    [InlineData("approval: Really?", "plan.ambiguous_work")]
    [InlineData("subPlan: [a]", "plan.wrong_type")]
    public void each_field_of_a_step_is_checked(string field, string code) =>
        PlanDocument.Read("id: p\nsteps:\n  - id: a\n    action: b\n    " + field).Problems.ShouldHaveSingleItem().Code.ShouldBe(code);

    [Fact]
    public void a_file_that_cannot_be_read_says_why()
    {
        var problem = PlanDocument.Read("id: p\nsteps: [{ id: a, action: b }]\ninputs: { t: { default: { file: ../secret } } }", files: path => FileReading.Failed($"{path} is outside the plan's folder."))
            .Problems.ShouldHaveSingleItem();
        problem.Code.ShouldBe("plan.file_not_read");
        problem.Message.ShouldContain("outside the plan's folder");
        (problem.Line, problem.Column).ShouldBe((3, 33));
    }
}
