using System.Collections.Immutable;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Defects;

/// <summary>An index that never finds anything to wake: every wake-up that rests on the rows is lost.</summary>
internal sealed class BlindIndex(IWorkflowIndex inner) : IWorkflowIndex
{
    public ValueTask<ImmutableArray<WorkflowId>> ClaimDueAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) => new([]);

    public ValueTask<ImmutableArray<WorkflowId>> ClaimOrphansAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) => new([]);

    public ValueTask<WorkflowPage> ListAsync(WorkflowQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    public ValueTask<WorkflowSummary?> FindAsync(WorkflowId workflow, CancellationToken cancellationToken) => inner.FindAsync(workflow, cancellationToken);

    public ValueTask<AppendOutcome.RequestSeen?> FindRequestAsync(string key, CancellationToken cancellationToken) => inner.FindRequestAsync(key, cancellationToken);

    public ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

    public ValueTask<DateTimeOffset?> FirstDueAsync(CancellationToken cancellationToken) => inner.FirstDueAsync(cancellationToken);

    public ValueTask<ImmutableArray<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken) => inner.DeadLettersAsync(filter, after, limit, cancellationToken);

    public ValueTask<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) => inner.FindDeadLetterAsync(workflow, step, cancellationToken);

    public ValueTask<ImmutableArray<Approval>> ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken) => inner.ApprovalsAsync(filter, after, limit, cancellationToken);

    public ValueTask<Approval?> FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) => inner.FindApprovalAsync(workflow, step, cancellationToken);

    public ValueTask MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken) => inner.MarkRedrivenAsync(workflow, step, by, cancellationToken);
}
