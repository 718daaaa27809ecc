namespace Orchestrator.Vocabulary.Workflows;

/// <summary>One event of one workflow, as the journal keeps it.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="At">When it was decided, by the clock of the process that decided it.</param>
[GenerateSerializer, Immutable, Alias("journal-entry")]
public sealed record JournalEntry(
    [property: Id(0)] long Number,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] WorkflowEvent Event);
