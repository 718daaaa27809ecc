namespace Orchestrator.Execution.Queues;

/// <summary>A message queue that is told how workflows ended.</summary>
public interface IResultQueue
{
    /// <summary>Publishes all of them. When the task completes the broker has confirmed each; when it fails, any of them may or may not have arrived: publish them again.</summary>
    /// <remarks>One try: it never tries again. One call at a time.</remarks>
    Task PublishAsync(IReadOnlyList<ResultMessage> results, CancellationToken cancellationToken);
}

/// <param name="Id">The same whenever it is told again: what a receiver knows a repeated one by.</param>
/// <param name="Topic">What receivers choose by, such as <c>workflow.completed</c>.</param>
/// <param name="Body">A CloudEvent as JSON.</param>
public sealed record ResultMessage(string Id, string Topic, ReadOnlyMemory<byte> Body, string? TraceParent);
