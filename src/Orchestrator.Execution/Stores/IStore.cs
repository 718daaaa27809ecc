using Orchestrator.Execution.Audits;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Grains;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Topics;

namespace Orchestrator.Execution.Stores;

/// <summary>Everything a process keeps, whatever database it is kept in.</summary>
/// <remarks>
/// The ports are there from the beginning, so that whoever needs them can be put together; they are used after <see cref="OpenAsync"/>. Disposing writes
/// what is queued and lets the database go; a second time changes nothing.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>Makes the store or brings its schema up to date, and begins this process's epoch. Opening one that is open changes nothing.</summary>
    /// <exception cref="StoreRefusedException">What is there is not ours, is newer than this program, or would not keep what it acknowledges. It has not been touched.</exception>
    /// <exception cref="StorageUnavailableException">The database is away. Nothing is half done: open again later.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    IWorkflowJournal Journal { get; }

    IWorkflowIndex Index { get; }

    ITopicLog Topics { get; }

    IWorkflowNews News { get; }

    IApprovalBackfill ApprovalBackfill { get; }

    IBlobStore Blobs { get; }

    IProcessEpoch Epoch { get; }

    IGrainStateTable GrainState { get; }

    /// <summary>For a runtime that keeps no reminders of its own.</summary>
    IGrainReminderTable Reminders { get; }

    IJournalAudit Audit { get; }

    /// <summary>What deletes from this store. Whoever hosts the store runs it.</summary>
    IRetention Retention(RetentionOptions kept);
}
