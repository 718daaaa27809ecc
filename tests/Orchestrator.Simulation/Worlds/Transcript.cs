using System.Globalization;
using System.Text;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Worlds;

/// <summary>What happened in a world, a line for each event and effect. It holds no log text, so that rewording a message changes nothing here.</summary>
internal sealed class Transcript(bool kept, TimeProvider clock)
{
    private readonly StringBuilder text = new();
    private readonly DateTimeOffset began = clock.GetUtcNow();

    public bool IsKept => kept;

    public void Line(string line)
    {
        if (kept)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(clock.GetUtcNow() - began).TotalSeconds,9:0.000} {line}\n");
        }
    }

    public void Events(WorkflowId workflow, IEnumerable<JournalEntry> entries, string silo)
    {
        if (kept)
        {
            foreach (var entry in entries)
            {
                Line($"{workflow} {entry.Number,3} {Tell(entry.Event)} [{silo}]");
            }
        }
    }

    public override string ToString() => text.ToString();

    private static string Tell(WorkflowEvent happened) => happened switch
    {
        WorkflowAccepted e => $"accepted plan {e.Plan.Id} of {e.Plan.Steps.Length} steps",
        StepStarted e => $"started {e.Step}#{e.Attempt} generation {e.Generation} epoch {e.Epoch}",
        StepRepeated e => $"repeated {e.Step}#{e.Attempt} epoch {e.Epoch} crashes {e.Crashes}",
        StepWaiting e => $"waiting {e.Step} for {e.Wait.Kind} until {Seconds(e.Wait)}",
        AttemptFailed e => $"attempt failed {e.Step}#{e.Attempt} {e.Failure.Code}",
        RetryScheduled e => $"retry scheduled {e.Step}#{e.Attempt} at {e.Due:HH:mm:ss.fff}",
        StepCompleted e => $"completed {e.Step}#{e.Attempt} {e.Output}",
        StepFailed e => $"failed {e.Step} {e.Failure.Code}",
        StepTimedOut e => $"timed out {e.Step} {e.Failure.Code}",
        StepSkipped e => $"skipped {e.Step}",
        StepCancelled e => $"cancelled {e.Step}",
        StepCompensated e => $"compensated {e.Step}",
        ScopeStarted e => $"scope started {e.Scope}",
        ScopeSettled e => $"scope settled '{e.Scope}' {e.Outcome}",
        LateAnswerKept e => $"late answer {e.Step}#{e.Attempt} {e.Output}",
        _ => happened.ToString() ?? "",
    };

    private static string Seconds(Wait wait) => wait.Until is { } until ? until.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) : "further notice";
}
