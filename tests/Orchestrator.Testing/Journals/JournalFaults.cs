using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Testing.Journals;

/// <summary>What a simulated world does to a journal. Each member may wait, which delays the caller, or throw.</summary>
/// <param name="BeforeAppend">Throwing here loses the append: nothing is kept.</param>
/// <param name="AfterAppend">Throwing here loses the answer: the append is kept, and the caller does not learn it.</param>
/// <param name="BeforeRead">Throwing here fails a read of events.</param>
public sealed record JournalFaults(
    Func<JournalAppend, ValueTask>? BeforeAppend = null,
    Func<JournalAppend, AppendOutcome, ValueTask>? AfterAppend = null,
    Func<WorkflowId, ValueTask>? BeforeRead = null)
{
    public static JournalFaults None { get; } = new();
}
