using System.Collections.Immutable;
using Orchestrator.Execution.Workflows;
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

    /// <summary>Gives unfinished workflows whose time has come to the caller to wake, the most overdue first.</summary>
    /// <remarks>
    /// Who has been given is given to nobody else, in this process or another, until its rest is over or an event is appended to it: several wakers share
    /// the work. A claim obliges to nothing. When its holder dies, or the wake changes nothing, the workflow is given again after the rest.
    /// </remarks>
    /// <param name="now">By the caller's clock. A store that several machines share never gives one before its own clock says so too.</param>
    ValueTask<ImmutableArray<WorkflowId>> ClaimDueAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken);

    /// <summary>Gives unfinished workflows with calls out to the caller to wake whose process (the epoch in their row) has ended, in good order or not, as the store knows it now.</summary>
    /// <remarks>A claim like that of <see cref="ClaimDueAsync"/>, and the same: a workflow that is both due and an orphan is given once.</remarks>
    ValueTask<ImmutableArray<WorkflowId>> ClaimOrphansAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken);

    /// <summary>How many workflows are in each status.</summary>
    ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken);

    /// <summary>
    /// When the first unfinished workflow is to be given to a waker, be it past or to come; null when none is. For one that was given, that is the end of
    /// its rest: a call that takes long has its workflow looked at again and again, and that is no lateness.
    /// </summary>
    ValueTask<DateTimeOffset?> FirstDueAsync(CancellationToken cancellationToken);

    /// <summary>Those that <paramref name="filter"/> selects, newest first, from the one after <paramref name="after"/>.</summary>
    ValueTask<ImmutableArray<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken);

    ValueTask<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken);

    /// <summary>Questions to persons that <paramref name="filter"/> selects, the newest first, from the one after <paramref name="after"/> (an <see cref="Approval.Id"/>).</summary>
    ValueTask<ImmutableArray<Approval>> ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken);

    ValueTask<Approval?> FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken);

    /// <summary>Notes which workflow does a dead letter's work again. A second call with the same workflow changes nothing.</summary>
    ValueTask MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken);
}
