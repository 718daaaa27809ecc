using System.Text.Json;
using Orchestrator.Client.Blobs;
using Orchestrator.Client.Workflows;

namespace Orchestrator.Client.Connections;

/// <summary>The way to an orchestrator: over HTTP, or within this process.</summary>
/// <remarks>Each call has been tried again as often as it may by the time it fails, but for <see cref="ReadEventsAsync"/>.</remarks>
public interface IOrchestratorConnection
{
    /// <summary>Starts a workflow and gives its id.</summary>
    Task<string> StartAsync(StartMessage start, CancellationToken cancellationToken);

    /// <summary>The workflow when it has ended, or as it stands when the patience is over; null when there is none.</summary>
    /// <param name="patience">At most 30 s.</param>
    Task<WorkflowSnapshot?> FindAsync(string id, TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>The events after a number as they come. Without any, the workflow has ended at that number.</summary>
    /// <exception cref="ConnectionBrokenException">It broke; reading on after the last event that came misses nothing.</exception>
    IAsyncEnumerable<WorkflowEvent> ReadEventsAsync(string id, long after, CancellationToken cancellationToken);

    Task CommandAsync(string id, WorkflowCommand command, CancellationToken cancellationToken);

    Task<string> ExplainAsync(string id, CancellationToken cancellationToken);

    /// <param name="content">Is left open.</param>
    Task<BlobLink> PutBlobAsync(Stream content, string contentType, CancellationToken cancellationToken);

    Task ReadBlobAsync(string digest, Stream destination, CancellationToken cancellationToken);
}

/// <param name="Plan">A text of the plan language.</param>
/// <param name="Input">An object.</param>
/// <param name="Key">By which a repetition is known.</param>
public sealed record StartMessage(string Plan, JsonElement Input, string Key, StartOptions Options);

/// <summary>What a workflow is told to do.</summary>
public abstract record WorkflowCommand
{
    private WorkflowCommand()
    {
    }

    public sealed record Cancel(string? Reason) : WorkflowCommand;

    public sealed record Pause(string? Reason) : WorkflowCommand;

    public sealed record Resume(string? Reason) : WorkflowCommand;

    public sealed record Signal(string MessageId, string Name, JsonElement Content) : WorkflowCommand;

    public sealed record Decide(string Step, bool Approved, string? Reason, string? By) : WorkflowCommand;
}

/// <summary>The way to the orchestrator broke in the middle.</summary>
public sealed class ConnectionBrokenException(string message, Exception? cause = null) : Exception(message, cause);
