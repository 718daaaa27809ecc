using System.Collections.Immutable;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Testing.Journals;

/// <summary>Appends as a workflow of one step makes them, for tests and measurements of journals.</summary>
public static class SampleAppends
{
    public static DateTimeOffset Noon { get; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static StepPath Fetch { get; } = new("fetch");

    /// <summary>An id as the product makes them: time first, so that a later number sorts later.</summary>
    public static WorkflowId Id(int number) => new($"0194{number:x8}70008000{number:x12}");

    public static Payload Json(string text) => Payload.FromTrustedUtf8(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>The append that accepts a workflow.</summary>
    public static JournalAppend Accept(
        WorkflowId id,
        DateTimeOffset? at = null,
        long epoch = 1,
        ImmutableSortedDictionary<string, string>? tags = null,
        string? planName = null,
        IdempotentRequest? request = null)
    {
        var now = at ?? Noon;
        var kept = tags ?? ImmutableSortedDictionary<string, string>.Empty;
        var plan = new Plan("sample", [new Step("fetch", Action: "fetch")]);
        var summary = new WorkflowSummary(
            id, Version: 1, WorkflowStatus.Queued, WaitingFor: null, plan.Id, planName, Priority: 3, StepsDone: 0, StepsKnown: 1, kept,
            CreatedAt: now, UpdatedAt: now, DueAt: null, CallsOut: 0, epoch, FailureCode: null, From: null);
        return new(id, ExpectedVersion: 0, [new(1, now, new WorkflowAccepted(plan, Json("""{"url":"https://example.org"}"""), 3, kept, PlanName: planName))], summary, request);
    }

    /// <summary>The append after <paramref name="last"/> that holds <paramref name="events"/> and turns the row into what <paramref name="change"/> makes of it.</summary>
    public static JournalAppend After(JournalAppend last, Func<WorkflowSummary, WorkflowSummary> change, params ReadOnlySpan<WorkflowEvent> events)
    {
        var entries = ImmutableArray.CreateBuilder<JournalEntry>(events.Length);
        foreach (var happened in events)
        {
            entries.Add(new(last.Summary.Version + 1 + entries.Count, last.Summary.UpdatedAt, happened));
        }

        var summary = change(last.Summary) with { Version = last.Summary.Version + events.Length };
        return new(last.Workflow, last.Summary.Version, entries.MoveToImmutable(), summary);
    }

    /// <summary>The step's attempt goes out.</summary>
    public static JournalAppend Start(JournalAppend last) =>
        After(last, row => row with { Status = WorkflowStatus.Running, CallsOut = 1 }, new StepStarted(Fetch, Attempt: 1, last.Summary.Epoch));

    /// <summary>The step's answer ends the workflow.</summary>
    public static JournalAppend Complete(JournalAppend last) =>
        After(
            last,
            row => row with { Status = WorkflowStatus.Completed, CallsOut = 0, StepsDone = 1 },
            new StepCompleted(Fetch, Attempt: 1, Json("""{"title":"Example"}""")),
            new WorkflowCompleted(Json("""{"title":"Example"}""")));

    /// <summary>The step fails for good, and the workflow with it.</summary>
    public static JournalAppend Fail(JournalAppend last, DateTimeOffset at)
    {
        var failure = new StepFailure("agent.refused", "The agent said no.", Retryable: false);
        var append = After(
            last,
            row => row with { Status = WorkflowStatus.Failed, CallsOut = 0, StepsDone = 1, FailureCode = failure.Code, UpdatedAt = at },
            new StepFailed(Fetch, failure),
            new WorkflowFailed(failure));
        return append with { DeadLetters = [new(last.Workflow, Fetch, "fetcher", "fetch", failure, Attempts: 1, Quarantined: false, at)] };
    }
}
