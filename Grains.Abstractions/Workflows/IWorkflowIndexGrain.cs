using System.Collections.Immutable;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>Reads over all workflows, for front ends that have no store of their own. The key is always <see cref="Key"/>.</summary>
[Alias("workflow-index")]
public interface IWorkflowIndexGrain : IGrainWithStringKey
{
    const string Key = "all";

    [Alias("list")]
    Task<WorkflowPage> ListAsync(WorkflowQuery query, CancellationToken cancellationToken = default);

    [Alias("count")]
    Task<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>How long the most overdue workflow has been due, by the clock of the silo that looks; zero when none is.</summary>
    [Alias("overdue")]
    Task<TimeSpan> OverdueAsync(CancellationToken cancellationToken = default);

    /// <summary>Those that <paramref name="filter"/> selects, newest first, from the one after <paramref name="after"/> (a <see cref="DeadLetter.Id"/>).</summary>
    [Alias("dead-letters")]
    Task<ImmutableArray<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken = default);

    [Alias("dead-letter")]
    Task<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken = default);

    /// <summary>Questions to persons that <paramref name="filter"/> selects, newest first, from the one after <paramref name="after"/> (an <see cref="Approval.Id"/>).</summary>
    [Alias("approvals")]
    Task<ImmutableArray<Approval>> ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken = default);

    [Alias("approval")]
    Task<Approval?> FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken = default);

    [Alias("mark-redriven")]
    Task MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken = default);
}
