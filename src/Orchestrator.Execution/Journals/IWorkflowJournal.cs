using System.Collections.Immutable;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Journals;

/// <summary>The append-only memory of all workflows.</summary>
public interface IWorkflowJournal
{
    /// <summary>Adds events after the last one the caller has seen, and changes the workflow's row, in one transaction.</summary>
    /// <remarks>
    /// All or nothing. When the answer is <see cref="AppendOutcome.Appended"/>, the events survive the loss of this process and of its machine's power.
    /// A compare-and-set: it is refused, and nothing changes, when the workflow has another version than expected. Every takeover writes, so a
    /// process thought dead that comes back finds another version. One append's refusal never touches its neighbours in the same batch. When the task fails, whether the events were kept is unknown:
    /// read the journal again before deciding anything else. Cancelling is honoured until the append has been queued.
    /// </remarks>
    /// <exception cref="StorageUnavailableException">The store is away, full or read-only.</exception>
    ValueTask<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellationToken);

    /// <summary>Reads events in order, at most <paramref name="limit"/> of them, from the one after <paramref name="after"/>.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    ValueTask<ImmutableArray<JournalEntry>> ReadAsync(WorkflowId workflow, long after, int limit, CancellationToken cancellationToken);
}

/// <summary>What one decision adds.</summary>
/// <param name="ExpectedVersion">The number of the last event the decision has seen; 0 for a workflow that does not exist yet.</param>
/// <param name="Entries">Numbered from <paramref name="ExpectedVersion"/> + 1; at least one.</param>
/// <param name="Summary">The workflow's row after these events.</param>
/// <param name="Request">For the append that accepts a workflow: the caller's idempotency key, kept in the same transaction.</param>
/// <param name="DeadLetters">Steps that failed for good with these events.</param>
/// <param name="News">What the world is told of these events: kept in the same transaction, and told by <see cref="Topics.IWorkflowNews"/>.</param>
/// <param name="Approvals">Questions to persons that these events have asked or changed, each as it stands now.</param>
public sealed record JournalAppend(
    WorkflowId Workflow,
    long ExpectedVersion,
    ImmutableArray<JournalEntry> Entries,
    WorkflowSummary Summary,
    IdempotentRequest? Request = null,
    ImmutableArray<DeadLetter> DeadLetters = default,
    ImmutableArray<CloudEvent> News = default,
    ImmutableArray<Approval> Approvals = default);

/// <summary>A caller's promise that two requests with this key are the same request.</summary>
/// <param name="Key">The scope of the key and the key itself, such as <c>workflows:start:abc</c>.</param>
/// <param name="Fingerprint">Of the request's content: the same key with another fingerprint is the caller's mistake.</param>
public sealed record IdempotentRequest(string Key, string Fingerprint);

/// <summary>How an append ended.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>The events are durable.</summary>
    public sealed record Appended : AppendOutcome
    {
        public static Appended Instance { get; } = new();
    }

    /// <summary>Somebody else has written. Drop what you hold and read again.</summary>
    public sealed record Conflict(long Version, long Epoch) : AppendOutcome;

    /// <summary>The request's key has been used: this is the workflow it started.</summary>
    public sealed record RequestSeen(WorkflowId Workflow, string Fingerprint) : AppendOutcome;
}

/// <summary>The store cannot be written or read now. Nothing that was acknowledged is lost.</summary>
public sealed class StorageUnavailableException(string message, bool full, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>There is no room left: 507 rather than 503.</summary>
    public bool Full { get; } = full;
}
