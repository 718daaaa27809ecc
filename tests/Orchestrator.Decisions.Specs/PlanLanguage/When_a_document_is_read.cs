using System.Text;
using System.Text.Json;
using Orchestrator.PlanLanguage;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Specs.PlanLanguage;

public sealed class When_a_document_is_read
{
    internal const string Everything =
        """
        id: everything
        description: Uses every field.
        mode: dag
        timeout: PT5M
        inputs:
          text: { description: What to teach., required: true }
          level: { default: 3 }
          tone: friendly
        output: ${{ steps.quiz.output }}
        fallbackPlan: { steps: [ { id: x, action: y, input: "${{ failure.code }}" } ] }
        steps:
          - id: ingest
            agentId: content-42
            action: ingest
            input: { text: "${{ input.text }}", n: [1, 0x1F, 0o17, 007, +.5, 1e3, true, null, ~, yes, "1", 12345678901234567890] }
            retryPolicy: { maxRetries: 3, backoffMs: 1000 }
            timeout: 30s
            priority: critical
            onUnknown: fail
            onFailure: compensate
            compensate: { agentId: content, action: forget, input: "${{ output.id }}", retryPolicy: { maxAttempts: 2 } }
          - id: quiz
            action: quiz
            dependencies: [ingest]
            when: ${{ steps.ingest.output.words > 10 }}
            forEach: { items: "${{ steps.ingest.output.parts }}", concurrency: 4 }
            input: ${{ item }}
            retryPolicy: { maxAttempts: 5, backoff: exponential, initialInterval: 1s, coefficient: 3, maxInterval: 1m, jitter: 0.25, nonRetryable: [agent.invalid] }
            fallback: quiz-simple
          - { id: each, action: a, forEach: [1, 2], onFailure: { agent: b }, priority: 1 }
          - { id: plan, action: a, onFailure: { kind: fallback, plan: { id: other, steps: [ { id: x, action: y } ] } } }
          - { id: look, approval: "Good?", dependencies: [quiz] }
          - { id: look2, approval: { prompt: "Good?", approvers: [ada], expires: 1d } }
          - { id: look3, approval: { prompt: "Good?", approvers: [ada, bo, cy], quorum: 2, rejections: 2, expires: 1d, onExpiry: reject, escalate: { to: [di], after: 4h } } }
          - { id: rest, sleep: 1h30m }
          - { id: paid, signal: paid, timeout: 7d }
          - { id: inner, subPlan: { mode: sequential, steps: [ { id: x, action: y } ] }, input: { a: 1 } }
        """;

    [Fact]
    public void every_field_finds_its_member()
    {
        var reading = PlanDocument.Read(Everything);
        reading.Problems.ShouldBeEmpty();
        var expected = new Plan(
            "everything",
            [
                new Step(
                    "ingest", "content-42", "ingest",
                    Json("""{"text":"${{ input.text }}","n":[1,31,15,7,0.5,1e3,true,null,null,"yes","1",12345678901234567890]}"""),
                    Retry: RetryPolicy.FromRetries(3, TimeSpan.FromSeconds(1)),
                    Timeout: TimeSpan.FromSeconds(30),
                    OnFailure: OnFailure.Compensate,
                    Compensate: new Compensation("content", "forget", Payload.From("${{ output.id }}"), new RetryPolicy(2, Backoff.Exponential, TimeSpan.FromSeconds(1))),
                    Priority: 5,
                    OnUnknown: OnUnknown.Fail),
                new Step(
                    "quiz", null, "quiz", Payload.From("${{ item }}"), ["ingest"],
                    new RetryPolicy(5, Backoff.Exponential, TimeSpan.FromSeconds(1), 3, TimeSpan.FromMinutes(1), 0.25, ["agent.invalid"]),
                    When: "${{ steps.ingest.output.words > 10 }}",
                    ForEach: new ForEach(Payload.From("${{ steps.ingest.output.parts }}"), 4),
                    OnFailure: OnFailure.Fallback,
                    Fallback: new StepFallback("quiz-simple")),
                new Step("each", Action: "a", ForEach: new ForEach(Json("[1,2]")), OnFailure: OnFailure.Fallback, Fallback: new StepFallback("b"), Priority: 1),
                new Step("plan", Action: "a", OnFailure: OnFailure.Fallback, Fallback: new StepFallback(Plan: new Plan("other", [new Step("x", Action: "y")]))),
                new Step("look", Dependencies: ["quiz"], Approval: new ApprovalRequest("Good?")),
                new Step("look2", Approval: new ApprovalRequest("Good?", ["ada"], TimeSpan.FromDays(1))),
                new Step("look3", Approval: new ApprovalRequest(
                    "Good?", ["ada", "bo", "cy"], TimeSpan.FromDays(1), Quorum: 2, Rejections: 2, OnExpiry.Reject, new Escalation(["di"], TimeSpan.FromHours(4)))),
                new Step("rest", Sleep: TimeSpan.FromMinutes(90)),
                new Step("paid", Signal: "paid", Timeout: TimeSpan.FromDays(7)),
                new Step("inner", Input: Json("""{"a":1}"""), SubPlan: new Plan("inner", [new Step("x", Action: "y")], PlanMode.Sequential)),
            ],
            PlanMode.Dag,
            TimeSpan.FromMinutes(5),
            new Plan("everything-fallback", [new Step("x", Action: "y", Input: Payload.From("${{ failure.code }}"))]),
            [new PlanInput("text", "What to teach.", true), new PlanInput("level", Default: Payload.From(3)), new PlanInput("tone", Default: Payload.From("friendly"))],
            Payload.From("${{ steps.quiz.output }}"),
            "Uses every field.");
        Text(reading.Plan!).ShouldBe(Text(expected));
    }

    [Fact]
    public void what_is_written_is_read_as_the_same_plan()
    {
        var plan = PlanDocument.Read(Everything).Plan!;
        var written = PlanDocument.Write(plan);
        var again = PlanDocument.Read(written.Utf8);
        again.Problems.ShouldBeEmpty();
        Text(again.Plan!).ShouldBe(Text(plan));
        PlanDocument.Write(again.Plan!).ShouldBe(written);
    }

    [Fact]
    public void the_same_plan_is_kept_by_the_journal()
    {
        var plan = PlanDocument.Read(Everything).Plan!;
        Text(JsonSerializer.Deserialize(Text(plan), VocabularyJson.Types.Plan)!).ShouldBe(Text(plan));
    }

    [Fact]
    public void yaml_and_json_say_the_same()
    {
        const string Json = """{"id":"p","parallel":false,"steps":[{"id":"a","action":"b","input":{"x":[1,2.50,"é",null]}}]}""";
        const string Yaml = "id: p\nparallel: false\nsteps:\n- id: a\n  action: b\n  input:\n    x: [1, 2.50, é, ~]\n";
        Text(PlanDocument.Read(Json).Plan!).ShouldBe(Text(PlanDocument.Read(Yaml).Plan!));
        Text(PlanDocument.Read(Json, PlanFormat.Yaml).Plan!).ShouldBe(Text(PlanDocument.Read(Yaml).Plan!));
        PlanDocument.Read(Yaml, PlanFormat.Json).Problems.ShouldHaveSingleItem().Code.ShouldBe("plan.syntax");
        PlanDocument.Read("\uFEFF " + Json).Problems.ShouldBeEmpty();
        PlanDocument.Read(new byte[] { 0x69, 0xFF }).Problems.ShouldHaveSingleItem().Column.ShouldBe(2);
    }

    [Fact]
    public void an_alias_stands_for_its_value()
    {
        var plan = PlanDocument.Read("id: p\nsteps:\n- { id: a, action: b, retryPolicy: &r { maxRetries: 2, backoffMs: 5 } }\n- { id: c, action: b, retryPolicy: *r }").Plan!;
        plan.Steps[1].Retry.ShouldBe(plan.Steps[0].Retry);
    }

    [Fact]
    public void a_default_may_come_from_a_file()
    {
        var plan = PlanDocument.Read("id: p\nsteps: [{ id: a, action: b }]\ninputs: { t: { default: { file: a.md } } }", files: path => FileReading.Of("content of " + path)).Plan!;
        plan.Inputs[0].Default.ShouldBe(Payload.From("content of a.md"));
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("5m", 300_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("2d", 172_800_000)]
    [InlineData("PT30S", 30_000)]
    [InlineData("PT0.25S", 250)]
    [InlineData("P1DT1H", 90_000_000)]
    [InlineData("", null)]
    [InlineData("s", null)]
    [InlineData("30", null)]
    [InlineData("30 s", null)]
    [InlineData("P", null)]
    [InlineData("P1Y", null)]
    [InlineData("P1DT", null)]
    [InlineData("1.0005s", null)]
    [InlineData("30s\n", null)]
    [InlineData("999999999d999999999h", null)]
    public void durations_are_exact(string text, int? milliseconds)
    {
        Durations.TryParse(text, out var duration).ShouldBe(milliseconds is not null);
        duration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds ?? 0));
    }

    private static Payload Json(string json) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(json));

    private static string Text(Plan plan) => JsonSerializer.Serialize(plan, VocabularyJson.Types.Plan);
}
