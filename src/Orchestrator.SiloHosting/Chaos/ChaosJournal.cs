using System.Collections.Immutable;
using System.Diagnostics;
using Orchestrator.Execution.Journals;
using Orchestrator.Hosting.Configuration;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.SiloHosting.Chaos;

/// <summary>A journal beside which the power fails: at the append of a chosen event the process is gone, as with <c>kill -9</c>.</summary>
internal sealed class ChaosJournal(IWorkflowJournal journal, ChaosOptions options) : IWorkflowJournal
{
    /// <summary>The journal itself, unless an experiment is asked for.</summary>
    /// <exception cref="ConfigurationRefusedException">An experiment is asked for on a folder that is not marked for it.</exception>
    public static IWorkflowJournal Around(IWorkflowJournal journal, ChaosOptions options, string folder)
    {
        if (!options.IsOn)
        {
            return journal;
        }

        return File.Exists(Path.Combine(folder, ChaosOptions.MarkFile))
            ? new ChaosJournal(journal, options)
            : throw new ConfigurationRefusedException([$"{ChaosOptions.Section}: {folder} has no file {ChaosOptions.MarkFile}, so it may hold work that somebody wants to keep"]);
    }

    public async ValueTask<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        if (Holds(append, options.KillBeforeEvent))
        {
            Die();
        }

        var outcome = await journal.AppendAsync(append, cancellationToken);
        if (Holds(append, options.KillAfterEvent))
        {
            Die();
        }

        return outcome;
    }

    public ValueTask<ImmutableArray<JournalEntry>> ReadAsync(WorkflowId workflow, long after, int limit, CancellationToken cancellationToken) =>
        journal.ReadAsync(workflow, after, limit, cancellationToken);

    private static bool Holds(JournalAppend append, int? number) => append.Entries[0].Number <= number && number <= append.Entries[^1].Number;

    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();

        // The signal may take a moment to arrive, and nothing may happen in it.
        self.WaitForExit();
    }
}
