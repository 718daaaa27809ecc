namespace Orchestrator.Execution.Journals;

/// <summary>The number of this start of this process. Each start has a higher one than every start before it on the same store.</summary>
public interface IProcessEpoch
{
    long Current { get; }
}
