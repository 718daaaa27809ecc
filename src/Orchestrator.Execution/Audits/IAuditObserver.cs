using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Audits;

/// <summary>Hears what the auditor finds. Must not throw and must not wait.</summary>
public interface IAuditObserver
{
    /// <summary>A pass has ended.</summary>
    void Audited(int workflows);

    /// <summary>A rule is broken. Told again in each round as long as it is.</summary>
    void Violated(WorkflowId workflow, AuditRule rule);

    /// <summary>The store did not answer, or what it holds could not be read. The next pass comes at its usual time.</summary>
    void AuditFailed(Exception cause);
}
