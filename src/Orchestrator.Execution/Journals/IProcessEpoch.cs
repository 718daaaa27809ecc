namespace Orchestrator.Execution.Journals;

/// <summary>The number of this start of this process. Each start has a higher one than every start before it on the same store.</summary>
public interface IProcessEpoch
{
    long Current { get; }

    /// <summary>Whether a start, of this process or another on the same store, is known to have ended. Where one process has the store to itself, every start but its own has.</summary>
    bool IsOver(long epoch) => epoch != Current;

    /// <summary>Whose starts are counted: a name that outlives restarts, such as the silo's. Where one process has the store to itself, it needs none.</summary>
    string Owner => "";
}
