using System.Collections.Immutable;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>Hands reads over all workflows to the store, on whichever silo is asked.</summary>
[StatelessWorker]
public sealed class WorkflowIndexGrain(IWorkflowIndex index, TimeProvider clock) : Grain, IWorkflowIndexGrain
{
    public Task<WorkflowPage> ListAsync(WorkflowQuery query, CancellationToken cancellationToken = default) =>
        index.ListAsync(query, cancellationToken).AsTask();

    public Task<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken = default) =>
        index.CountAsync(cancellationToken).AsTask();

    public async Task<TimeSpan> OverdueAsync(CancellationToken cancellationToken = default)
    {
        var late = clock.GetUtcNow() - await index.FirstDueAsync(cancellationToken);
        return late > TimeSpan.Zero ? late.Value : TimeSpan.Zero;
    }

    public Task<ImmutableArray<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken = default) =>
        index.DeadLettersAsync(filter, after, limit, cancellationToken).AsTask();

    public Task<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken = default) =>
        index.FindDeadLetterAsync(workflow, step, cancellationToken).AsTask();

    public Task<ImmutableArray<Approval>> ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken = default) =>
        index.ApprovalsAsync(filter, after, limit, cancellationToken).AsTask();

    public Task<Approval?> FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken = default) =>
        index.FindApprovalAsync(workflow, step, cancellationToken).AsTask();

    public Task MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken = default) =>
        index.MarkRedrivenAsync(workflow, step, by, cancellationToken).AsTask();
}
