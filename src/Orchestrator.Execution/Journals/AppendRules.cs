using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Journals;

/// <summary>What a store knows of a workflow before an append: enough to judge it. The default value is a workflow that does not exist.</summary>
public readonly record struct JournalHead(long Version, long Epoch, WorkflowStatus Status);

/// <summary>The rules every journal keeps, whatever it is made of. Pure.</summary>
public static class AppendRules
{
    /// <summary>Why the append may not be made; null when it may.</summary>
    /// <exception cref="InvalidOperationException">The append would bring a finished workflow back to life: a broken belief of ours, not a race.</exception>
    public static AppendOutcome.Conflict? Judge(JournalHead head, JournalAppend append)
    {
        if (head.Version != append.ExpectedVersion)
        {
            return new(head.Version, head.Epoch);
        }

        if (head.Status.IsFinal() && append.Summary.Status != head.Status)
        {
            throw new InvalidOperationException(
                $"Workflow {append.Workflow} is {head.Status} at version {head.Version}; an append would make it {append.Summary.Status}.");
        }

        return null;
    }

    /// <summary>Throws when the parts of an append do not belong together: such a decision must never become durable.</summary>
    public static void EnsureConsistent(JournalAppend append)
    {
        if (append.Entries.IsDefaultOrEmpty)
        {
            throw new ArgumentException($"An append to workflow {append.Workflow} holds no events.", nameof(append));
        }

        for (var i = 0; i < append.Entries.Length; i++)
        {
            if (append.Entries[i].Number != append.ExpectedVersion + 1 + i)
            {
                throw new ArgumentException(
                    $"Event {i} of an append to workflow {append.Workflow} should have number {append.ExpectedVersion + 1 + i}, not {append.Entries[i].Number}.",
                    nameof(append));
            }
        }

        if (append.Summary.Id != append.Workflow || append.Summary.Version != append.Entries[^1].Number || append.Summary.Status == WorkflowStatus.None)
        {
            throw new ArgumentException(
                $"The row of an append to workflow {append.Workflow} up to event {append.Entries[^1].Number} is of workflow {append.Summary.Id}, " +
                $"version {append.Summary.Version}, status {append.Summary.Status}.",
                nameof(append));
        }
    }
}
