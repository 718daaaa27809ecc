using System.Collections.Immutable;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Audits;

/// <summary>Looks over what is kept for what must never be. Changes nothing.</summary>
public interface IJournalAudit
{
    /// <summary>Looks at the next workflows, the newest first, each as it stood at one moment.</summary>
    /// <param name="after">Where the page before has ended; null for the newest.</param>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    ValueTask<AuditPage> LookAsync(WorkflowId? after, int limit, CancellationToken cancellationToken);
}

/// <summary>What one look has found.</summary>
/// <param name="Looked">Workflows looked at.</param>
/// <param name="Last">From where the next page goes on; null when there is none.</param>
public sealed record AuditPage(int Looked, WorkflowId? Last, ImmutableArray<AuditSuspect> Suspects);

/// <summary>
/// A workflow that breaks a rule, or seems to. Of <see cref="AuditRule.Gaps"/> and <see cref="AuditRule.Writer"/> the store's word is final; the others are for whoever reads
/// the events to confirm.
/// </summary>
public sealed record AuditSuspect(WorkflowId Workflow, AuditRule Rule);
