using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Blobs;

namespace Orchestrator.Grains.Blobs;

/// <summary>The way to blobs, for front ends that have no store of their own. The key is always <see cref="Key"/>; <see cref="BlobTransfer"/> does the cutting.</summary>
/// <remarks>Every call is safe to send again. When a task completes without a refusal, what it wrote survives any crash.</remarks>
[Alias("blob-grain")]
public interface IBlobGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Keeps one part of an upload, from 0. Refused with <c>blob.too_large</c> where the content becomes larger than may be kept.</summary>
    /// <param name="atLeast">Bytes that the content has at least: what has come with this part, or what was announced.</param>
    [Alias("write-part")]
    Task<Refusal?> WritePartAsync(string upload, int number, long atLeast, BlobPart part, CancellationToken cancellationToken = default);

    /// <summary>Makes the parts of an upload a blob.</summary>
    [Alias("complete-upload")]
    Task<BlobOutcome> CompleteAsync(string upload, BlobSummary blob, CancellationToken cancellationToken = default);

    /// <summary>What is kept under a digest; null when nothing is.</summary>
    [Alias("find-blob")]
    Task<BlobSummary?> FindAsync(BlobDigest digest, CancellationToken cancellationToken = default);

    /// <summary>One part of a blob, from 0; null when there is none of that number.</summary>
    [Alias("read-part")]
    Task<BlobPart?> ReadPartAsync(BlobDigest digest, int number, CancellationToken cancellationToken = default);
}

/// <summary>Some of a content's bytes. They never change.</summary>
[GenerateSerializer, Immutable, Alias("blob-part")]
public sealed record BlobPart([property: Id(0)] ReadOnlyMemory<byte> Content);
