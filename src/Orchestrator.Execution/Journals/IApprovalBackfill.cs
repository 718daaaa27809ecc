using System.Collections.Immutable;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Journals;

/// <summary>Workflows that were unfinished when the store learned to keep an inbox: what they ask is in their journals and not yet in the inbox.</summary>
public interface IApprovalBackfill
{
    /// <summary>The next of them; none when all are done.</summary>
    ValueTask<ImmutableArray<WorkflowId>> OwedAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Adds what a workflow asks, where the inbox does not have it, and takes the workflow off the list. Durable when the task completes; a second time changes nothing.</summary>
    /// <remarks>What an append has written meanwhile is newer and stays.</remarks>
    ValueTask KeepAsync(WorkflowId workflow, ImmutableArray<Approval> approvals, CancellationToken cancellationToken);
}
