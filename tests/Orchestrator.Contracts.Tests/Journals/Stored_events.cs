using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Contracts.Tests.Journals;

/// <summary>
/// The bytes of every event, pinned in <c>events.golden.jsonl</c> where a reviewer can read them. A line may be added; one that is there never changes,
/// because journals hold it. To write the file anew after adding an event, run the tests with <c>ORC_REWRITE_GOLDEN</c> set to this project's folder.
/// </summary>
public sealed class Stored_events
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly StepPath Quiz = new("unit/quiz");
    private static readonly StepFailure Failure = new("agent.timeout", "The agent 'quiz' did not answer within 30 s.", Retryable: true, RetryAfter: TimeSpan.FromSeconds(2));

    private static readonly Plan Course = new(
        "course",
        [
            new Step("ingest", Action: "ingest", Input: Payload.From(new { text = "${{ input.text }}" }), Retry: RetryPolicy.FromRetries(2, TimeSpan.FromSeconds(1))),
            new Step(
                "quiz",
                AgentId: "assessment",
                Action: "quiz",
                Dependencies: ["ingest"],
                Retry: new RetryPolicy(4, Backoff.Exponential, TimeSpan.FromSeconds(1), 2, TimeSpan.FromMinutes(1), 0.5, ["agent.invalid"]),
                Timeout: TimeSpan.FromSeconds(30),
                When: "steps.ingest.output.words > 10",
                ForEach: new ForEach(Payload.From("${{ steps.ingest.output.parts }}"), 4),
                OnFailure: OnFailure.Fallback,
                Fallback: new StepFallback("assessment-simple"),
                Compensate: new Compensation("assessment", "discard"),
                Priority: 5,
                OnUnknown: OnUnknown.Fail),
            new Step("look", Approval: new ApprovalRequest("Is it good?", ["ada"], TimeSpan.FromHours(1))),
            new Step("rest", Sleep: TimeSpan.FromSeconds(5)),
            new Step("go", Signal: "go"),
            new Step("inner", SubPlan: new Plan("inner", [new Step("echo", Action: "echo")], PlanMode.Sequential)),
        ],
        Timeout: TimeSpan.FromMinutes(5),
        FallbackPlan: new Plan("simple", [new Step("rules", Action: "rules")]),
        Inputs: [new PlanInput("text", "What to teach.", Required: true), new PlanInput("level", Default: Payload.From(3))],
        Output: Payload.From("${{ steps.quiz.output }}"),
        Description: "A course");

    public static ImmutableArray<WorkflowEvent> Samples { get; } =
    [
        new WorkflowAccepted(
            Course, Payload.From(new { text = "Naïve <b> 中" }), 3, ImmutableSortedDictionary<string, string>.Empty.Add("team", "a"),
            new WorkflowOrigin(new WorkflowId("w0"), OriginKind.Fork, "quiz", [new ReusedOutcome(new StepPath("ingest"), Payload.From(1))]),
            "course", 7, "http://127.0.0.1/done", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "sha"),
        new WorkflowPaused("ada", "lunch"),
        new WorkflowResumed("ada"),
        new SignalReceived("s1", "go", Payload.From(true)),
        new CompensationStarted(new StepPath("unit"), Failure),
        new WorkflowCompleted(Payload.From(new { cards = 3 })),
        new WorkflowFailed(Failure),
        new WorkflowCancelled("ada", null),
        new WorkflowTimedOut(Failure),
        new ScopeStarted(new StepPath("unit"), Payload.EmptyObject),
        new ScopeSettled(new StepPath("unit"), StepStatus.Completed, Payload.From(1)),
        new StepStarted(Quiz, 1, 12),
        new StepRepeated(Quiz, 1, 12, 2),
        new StepWaiting(Quiz, new Wait(WaitKind.Limit, "assessment", Noon, 3, Noon.AddSeconds(2))),
        new StepWaitEnded(Quiz),
        new ItemsExpanded(Quiz, [Payload.From("a"), Payload.From(2), Payload.Null]),
        new AttemptFailed(Quiz, 2, Failure),
        new RetryScheduled(Quiz, 3, Noon),
        new StepRetriedByHand(Quiz, 1, "ada"),
        new ApprovalDecided(Quiz, true, "ada", null),
        new StepCompleted(Quiz.Item(3), 1, Payload.From(new { score = 0.5 })),
        new StepFailed(Quiz, Failure, Quarantined: true),
        new StepTimedOut(Quiz, Failure),
        new StepSkipped(Quiz, "Its condition was false."),
        new StepCancelled(Quiz, "The workflow was cancelled."),
        new StepCompensated(Quiz),
        new LateAnswerKept(Quiz, 1, Payload.From(1)),
        new StepCompleted(Quiz, 2, Payload.From(1), new CallUsage(2, 1_200, 80, 0.0123m, "llama3.2:3b")),
        new AttemptFailed(Quiz, 1, Failure, new CallUsage(1, 600, 0)),
        new AttemptDeferred(Quiz, 1, "assessment", Noon.AddMinutes(5)),
        new HeartbeatReceived(Quiz, 1, Noon.AddMinutes(6), 0.25, "page 3"),
        new StepCompleted(Quiz, 1, Payload.From(1), Completion: "0a1b"),
        new AttemptFailed(Quiz, 1, Failure, Completion: "0a1b"),
        new ApprovalDecided(Quiz, false, "ada", "no", Claimed: true),
        new ApprovalVoted(Quiz, true, "ada", "read it", Claimed: true),
        new ApprovalEscalated(Quiz, ["bo", "cy"], Noon),
        new ApprovalExpired(Quiz, OnExpiry.Reject),
    ];

    [Fact]
    public void keep_their_bytes()
    {
        var written = Samples.Select(e => JsonSerializer.Serialize(e, VocabularyJson.Types.WorkflowEvent)).ToArray();
        if (Environment.GetEnvironmentVariable("ORC_REWRITE_GOLDEN") is { Length: > 0 } project)
        {
            File.WriteAllText(Path.Combine(project, "Journals", "events.golden.jsonl"), string.Join('\n', written) + "\n");
        }

        written.ShouldBe(Golden());
    }

    [Fact]
    public void are_read_back_as_they_were_written()
    {
        foreach (var line in Golden())
        {
            var read = JsonSerializer.Deserialize(line, VocabularyJson.Types.WorkflowEvent).ShouldNotBeNull();
            JsonSerializer.Serialize(read, VocabularyJson.Types.WorkflowEvent).ShouldBe(line);
        }
    }

    [Fact]
    public void look_the_same_to_a_serializer_that_reflects()
    {
        var reflecting = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
            Encoder = VocabularyJson.Options.Encoder,
        };
        foreach (var sample in Samples)
        {
            JsonSerializer.Serialize(sample, reflecting).ShouldBe(JsonSerializer.Serialize(sample, VocabularyJson.Types.WorkflowEvent));
        }
    }

    [Fact]
    public void are_all_pinned()
    {
        var known = typeof(WorkflowEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(a => a.DerivedType).ToArray();
        known.ShouldBe(typeof(WorkflowEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(WorkflowEvent))), ignoreOrder: true);
        Samples.Select(s => s.GetType()).Distinct().ShouldBe(known, ignoreOrder: true);
    }

    [Fact]
    public void do_not_mind_members_that_are_left_out()
    {
        var read = (WorkflowAccepted)JsonSerializer.Deserialize(
            """{"type":"workflow.accepted/1","plan":{"id":"p","steps":[{"id":"a","action":"echo","surprise":1}]},"priority":3,"tags":{}}""",
            VocabularyJson.Types.WorkflowEvent)!;
        read.Plan.Mode.ShouldBe(PlanMode.Dag);
        read.Plan.Steps[0].Dependencies.IsDefault.ShouldBeTrue();
        read.Plan.Steps[0].OnFailure.ShouldBe(OnFailure.Fail);
        read.Input.IsNull.ShouldBeTrue();
    }

    private static string[] Golden() => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Journals", "events.golden.jsonl"));
}
