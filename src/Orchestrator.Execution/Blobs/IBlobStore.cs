using System.Collections.Immutable;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Blobs;

/// <summary>Large contents by their digest, each kept once, in parts.</summary>
/// <remarks>
/// A content comes in parts under the name of an upload and is there for nobody until <see cref="CompleteAsync"/>: a crash before leaves parts that nobody can
/// reach, and retention takes them. A blob is kept while a workflow uses it, and for a while after its last put or use
/// (<see cref="Retention.RetentionOptions.Blobs"/>). When a task completes, what it wrote survives the loss of this process and of its machine's power.
/// All members throw <see cref="Journals.StorageUnavailableException"/> when the store is away, full or read-only.
/// </remarks>
public interface IBlobStore
{
    /// <summary>Keeps one part of an upload. The same part again takes the place of the one before.</summary>
    /// <param name="upload">A name that nobody else uses; 1 to 64 characters.</param>
    /// <param name="number">From 0, without gaps.</param>
    /// <param name="content">At most <see cref="PartBytesMax"/>.</param>
    ValueTask WritePartAsync(string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes an upload a blob, all of it or nothing. Of content that is kept already, the upload is dropped and the time of its last put renewed.</summary>
    /// <param name="blob">What the parts add up to; the caller has computed the digest on the way.</param>
    ValueTask<BlobOutcome> CompleteAsync(string upload, BlobSummary blob, CancellationToken cancellationToken);

    /// <summary>What is kept under a digest; null when nothing is. Renews nothing.</summary>
    ValueTask<BlobSummary?> FindAsync(BlobDigest digest, CancellationToken cancellationToken);

    /// <summary>One part of a blob, from 0; null when there is none of that number.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadPartAsync(BlobDigest digest, int number, CancellationToken cancellationToken);

    /// <summary>Says that a workflow uses these blobs, all of them or none, and gives those that are not kept.</summary>
    /// <remarks>
    /// To be called before the event that mentions them is appended: then no link in a history leads to nothing. A use of a workflow that never came to be
    /// goes after <see cref="Retention.RetentionOptions.Blobs"/>; one of a workflow that did goes with it. Safe to call again.
    /// </remarks>
    ValueTask<ImmutableArray<BlobDigest>> UseAsync(WorkflowId workflow, ImmutableArray<BlobDigest> digests, CancellationToken cancellationToken);

    /// <summary>No part is larger, in bytes.</summary>
    const int PartBytesMax = 1024 * 1024;
}
