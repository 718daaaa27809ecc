using Orchestrator.Vocabulary.Queues;

namespace Orchestrator.SiloHosting.Queues;

/// <summary>Takes on the tasks that a message queue brings. Whoever has the API's rules of tasks implements it.</summary>
public interface ITaskDoor
{
    /// <summary>Answers <c>Accepted</c> only when the task is durable. The same key with the same body is accepted once, however often it comes.</summary>
    Task<QueueVerdict> TakeAsync(QueuedTask task);
}
