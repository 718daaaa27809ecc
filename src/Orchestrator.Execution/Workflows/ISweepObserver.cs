using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Workflows;

/// <summary>What the sweeper looks for.</summary>
public enum SweepKind
{
    /// <summary>Workflows whose time has come.</summary>
    Due = 1,

    /// <summary>Workflows whose process is gone.</summary>
    Orphans = 2,
}

/// <summary>Hears what the sweeper does. Called from several turns at once; must not throw and must not wait.</summary>
public interface ISweepObserver
{
    /// <summary>A look succeeded: the store answered, and everything found was told to wake.</summary>
    void Swept(SweepKind kind, int woken);

    /// <summary>The store did not answer. The next look comes at its usual time.</summary>
    void SweepFailed(SweepKind kind, Exception cause);

    void WakeFailed(WorkflowId workflow, Exception cause);
}
