using System.Collections.Immutable;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Journals;

/// <summary>Finds workflows by the rows that the journal's transactions write.</summary>
public interface IWorkflowIndex
{
    /// <summary>Newest first. A workflow that existed when the first page was read appears on exactly one page, whatever starts meanwhile.</summary>
    ValueTask<WorkflowPage> ListAsync(WorkflowQuery query, CancellationToken cancellationToken);

    ValueTask<WorkflowSummary?> FindAsync(WorkflowId workflow, CancellationToken cancellationToken);

    /// <summary>The workflow an idempotency key started, while the key is kept.</summary>
    ValueTask<AppendOutcome.RequestSeen?> FindRequestAsync(string key, CancellationToken cancellationToken);

    /// <summary>Unfinished workflows whose time has come, the most overdue first.</summary>
    ValueTask<ImmutableArray<WorkflowId>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Unfinished workflows with calls out whose epoch is below <paramref name="epoch"/>: their process is gone.</summary>
    /// <param name="after">The last id of the page before; null for the first page.</param>
    ValueTask<ImmutableArray<WorkflowId>> OrphansAsync(long epoch, WorkflowId? after, int limit, CancellationToken cancellationToken);

    /// <summary>How many workflows are in each status.</summary>
    ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken);

    /// <summary>When the first unfinished workflow is due, be it past or to come; null when time alone can move none.</summary>
    ValueTask<DateTimeOffset?> FirstDueAsync(CancellationToken cancellationToken);

    /// <summary>Newest first, from the one after <paramref name="after"/>.</summary>
    ValueTask<ImmutableArray<DeadLetter>> DeadLettersAsync(string? after, int limit, CancellationToken cancellationToken);

    ValueTask<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken);

    /// <summary>Notes which workflow does a dead letter's work again. A second call with the same workflow changes nothing.</summary>
    ValueTask MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken);
}
