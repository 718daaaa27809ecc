using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Blobs;

namespace Orchestrator.Grains.Blobs;

/// <summary>Brings contents to the store and back in parts, so that nobody holds all of one.</summary>
public static class BlobTransfer
{
    /// <summary>Bytes of each part but the last.</summary>
    public const int PartBytes = 262_144;

    /// <summary>Puts a content, and computes its digest on the way. When the task completes without a refusal, the blob survives any crash.</summary>
    /// <remarks>Whoever stops in the middle leaves nothing that can be read; retention takes what was written.</remarks>
    /// <param name="upload">A name that nobody else uses, 1 to 64 characters.</param>
    /// <param name="contentType">At most <see cref="BlobLink.ContentTypeLengthMax"/> characters.</param>
    /// <param name="announced">How long the content is said to be, so that one that is too long is refused before anything is written.</param>
    public static async Task<BlobPut> PutAsync(
        this IBlobGrain blobs, string upload, Stream content, string contentType, CancellationToken cancellationToken, long? announced = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (bytes, parts) = (0L, 0);
        while (true)
        {
            // A part of its own each time: it goes to a grain, and what is sent never changes.
            var part = new byte[PartBytes];
            var length = await content.ReadAtLeastAsync(part, PartBytes, throwOnEndOfStream: false, cancellationToken);
            if (length > 0)
            {
                hash.AppendData(part, 0, length);
                if (await blobs.WritePartAsync(upload, parts++, Math.Max(bytes + length, announced ?? 0), new BlobPart(part.AsMemory(0, length)), cancellationToken) is { } refusal)
                {
                    return new BlobPut(null, Known: false, refusal);
                }

                bytes += length;
            }

            if (length < PartBytes)
            {
                break;
            }
        }

        var blob = new BlobSummary(BlobDigest.Of(hash.GetHashAndReset()), bytes, parts, contentType);
        return await blobs.CompleteAsync(upload, blob, cancellationToken) switch
        {
            BlobOutcome.Incomplete => throw new InvalidOperationException($"Parts of upload '{upload}' went while it was being written."),
            var outcome => new BlobPut(blob.Link, Known: outcome == BlobOutcome.Known),
        };
    }

    /// <summary>The parts of a blob, one after the other.</summary>
    /// <exception cref="EndOfStreamException">It went while it was being read.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        this IBlobGrain blobs, BlobSummary blob, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 0; number < blob.Parts; number++)
        {
            var part = await blobs.ReadPartAsync(blob.Digest, number, cancellationToken)
                ?? throw new EndOfStreamException($"Blob {blob.Digest} went while it was being read, at part {number} of {blob.Parts}.");
            yield return part.Content;
        }
    }
}

/// <summary>What became of a put.</summary>
/// <param name="Link">What stands for the content in payloads, with the type that was said at this put; null when it was refused.</param>
/// <param name="Known">The same content was kept before.</param>
public sealed record BlobPut(BlobLink? Link, bool Known, Refusal? Refusal = null);
