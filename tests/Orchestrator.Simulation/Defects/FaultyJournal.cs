using System.Collections.Immutable;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Defects;

/// <summary>A journal with one fault in it. What a fault does not replace works as it should.</summary>
internal sealed class FaultyJournal(IWorkflowJournal inner) : IWorkflowJournal
{
    public Func<IWorkflowJournal, JournalAppend, ValueTask<AppendOutcome>>? Append { get; init; }

    public Func<IWorkflowJournal, WorkflowId, long, int, ValueTask<ImmutableArray<JournalEntry>>>? Read { get; init; }

    public ValueTask<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellationToken) =>
        Append is { } fault ? fault(inner, append) : inner.AppendAsync(append, cancellationToken);

    public ValueTask<ImmutableArray<JournalEntry>> ReadAsync(WorkflowId workflow, long after, int limit, CancellationToken cancellationToken) =>
        Read is { } fault ? fault(inner, workflow, after, limit) : inner.ReadAsync(workflow, after, limit, cancellationToken);
}
