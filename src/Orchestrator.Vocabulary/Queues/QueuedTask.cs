namespace Orchestrator.Vocabulary.Queues;

/// <summary>A message of a queue that asks for a task.</summary>
/// <param name="Key">What the task is known by when it comes again; null where the sender gave it no id.</param>
/// <param name="Body">As it came.</param>
/// <param name="TraceParent">The sender's place in a trace, unchecked.</param>
/// <param name="Redelivered">Somebody had it before and did not settle it.</param>
public sealed record QueuedTask(string? Key, ReadOnlyMemory<byte> Body, string? TraceParent, bool Redelivered);
