using System.Globalization;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Cli.Workflows;

/// <summary>A step's state for people: an icon, a word and a colour, so that none of the three carries the meaning alone.</summary>
internal static class StepWords
{
    public static (string Icon, string Colour) Mark(StepStatus state) => state switch
    {
        StepStatus.Pending => ("○", "grey"),
        StepStatus.Queued => ("◷", "slateblue1"),
        StepStatus.Running => ("◐", "blue"),
        StepStatus.Retrying => ("↻", "yellow"),
        StepStatus.Waiting => ("✋", "purple"),
        StepStatus.Completed => ("✓", "green"),
        StepStatus.Failed => ("✗", "red"),
        StepStatus.Cancelled => ("⊘", "olive"),
        StepStatus.TimedOut => ("⌛", "darkorange"),
        StepStatus.Skipped => ("–", "grey"),
        StepStatus.Compensated => ("↩", "teal"),
        _ => ("?", "white"),
    };

    public static string Sentence(StepRow step, WorkflowDocument workflow, DateTimeOffset now) => step.State switch
    {
        StepStatus.Pending => Pending(step, workflow),
        StepStatus.Queued => step.Wait?.Position is { } position ? Invariant($"Queued (position {position})") : "Queued",
        StepStatus.Running when step.Wait is { } wait => Waiting(wait, now),
        StepStatus.Running => (step.Attempts > 1 ? Invariant($"Running, attempt {step.Attempts}") : "Running") + Since(step.StartedAt, now),
        StepStatus.Retrying => Invariant($"Retry {step.Attempts + 1}") + (step.Wait?.Until is { } until ? " in " + Span(until - now) : "") + Because(step),
        StepStatus.Waiting => step.Wait is { } wait ? Waiting(wait, now) : "Waiting",
        StepStatus.Completed when step.Reused => "Done (taken over)",
        StepStatus.Completed => "Done" + Took(step) + (step.Attempts > 1 ? Invariant($", attempt {step.Attempts}") : ""),
        StepStatus.Failed => "Failed" + Because(step),
        StepStatus.Cancelled => "Cancelled",
        StepStatus.TimedOut => "Timed out" + Because(step),
        StepStatus.Skipped => "Skipped",
        StepStatus.Compensated => "Undone",
        var state => state.ToString(),
    };

    /// <summary>A span as people say it: <c>3 s</c>, <c>2 min 5 s</c>, <c>1 h 4 min</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 0.05 } => "0 s",
        { TotalSeconds: < 10 } => Invariant($"{span.TotalSeconds:0.0} s"),
        { TotalSeconds: < 60 } => Invariant($"{span.TotalSeconds:0} s"),
        { TotalMinutes: < 60 } => Invariant($"{(int)span.TotalMinutes} min {span.Seconds} s"),
        { TotalHours: < 48 } => Invariant($"{(int)span.TotalHours} h {span.Minutes} min"),
        _ => Invariant($"{span.TotalDays:0} days"),
    };

    private static string Waiting(WaitRow wait, DateTimeOffset now)
    {
        var until = wait.Until is { } moment && moment > now ? ", at most " + Span(moment - now) : "";
        return wait.Kind switch
        {
            WaitKind.Approval => "Needs approval" + until,
            WaitKind.Signal => $"Waiting for signal {wait.On}" + until,
            WaitKind.Timer => "Sleeping" + (wait.Until is { } end && end > now ? ", " + Span(end - now) + " left" : ""),
            WaitKind.Capacity => $"Queued at {wait.On}" + (wait.Position is { } position ? Invariant($" (position {position})") : ""),
            WaitKind.Limit => $"Rate limit of {wait.On}" + until,
            WaitKind.Breaker => $"{wait.On} is failing; next try" + (wait.Until is { } probe && probe > now ? " in " + Span(probe - now) : " soon"),
            WaitKind.Paused => "Paused",
            WaitKind.Completion => $"{wait.On} has it and answers later" + until,
            _ => $"Waiting for {wait.On}" + until,
        };
    }

    private static string Pending(StepRow step, WorkflowDocument workflow)
    {
        // The names the step still waits for; of a long list, the count says more.
        var open = step.Dependencies.Where(name => workflow.Steps.Any(other => other.Id == name && !other.State.IsFinal())).ToList();
        return open.Count switch
        {
            0 => "Pending",
            <= 3 => "Waiting for " + string.Join(", ", open),
            _ => Invariant($"Waiting for {open.Count} of {step.Dependencies.Length} steps"),
        };
    }

    private static string Took(StepRow step) => step is { StartedAt: { } started, FinishedAt: { } finished } ? " in " + Span(finished - started) : "";

    private static string Since(DateTimeOffset? start, DateTimeOffset now) => start is { } moment && now - moment > TimeSpan.FromSeconds(1) ? " " + Span(now - moment) : "";

    private static string Because(StepRow step) => step.Error is { } error ? ": " + error.Message : "";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
