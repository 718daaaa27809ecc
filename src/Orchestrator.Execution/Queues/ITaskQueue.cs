using Orchestrator.Vocabulary.Queues;

namespace Orchestrator.Execution.Queues;

/// <summary>A message queue that brings tasks.</summary>
public interface ITaskQueue
{
    /// <summary>Hands each message over and settles it as it is told, until cancelled. A broker that is away is waited for, without end.</summary>
    /// <remarks>
    /// A message is handed over at least once: again after any crash before it was settled. Many are handed over at the same time. Cancelling takes no further
    /// ones, and lets those under way come to their end for a while.
    /// </remarks>
    /// <param name="take">Answers when what the message asks for is durable, or why it is not. What it throws ends nothing: the message comes again.</param>
    Task RunAsync(Func<QueuedTask, Task<QueueVerdict>> take, CancellationToken cancellationToken);
}
