using System.Globalization;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Blobs;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Blobs;

namespace Orchestrator.Grains.Blobs;

/// <summary>Hands parts of blobs to the store and back, on whichever silo is asked.</summary>
[StatelessWorker, Reentrant]
public sealed class BlobGrain(IBlobStore store, IOptions<BlobOptions> options) : Grain, IBlobGrain
{
    public async Task<Refusal?> WritePartAsync(string upload, int number, long atLeast, BlobPart part, CancellationToken cancellationToken = default)
    {
        if (atLeast > options.Value.BytesMax)
        {
            return new Refusal(RefusalCodes.BlobTooLarge, string.Create(
                CultureInfo.InvariantCulture, $"A blob has at most {options.Value.BytesMax:N0} bytes (Blobs:BytesMax), found more."));
        }

        await store.WritePartAsync(upload, number, part.Content, cancellationToken);
        return null;
    }

    public Task<BlobOutcome> CompleteAsync(string upload, BlobSummary blob, CancellationToken cancellationToken = default) =>
        store.CompleteAsync(upload, blob, cancellationToken).AsTask();

    public Task<BlobSummary?> FindAsync(BlobDigest digest, CancellationToken cancellationToken = default) => store.FindAsync(digest, cancellationToken).AsTask();

    public async Task<BlobPart?> ReadPartAsync(BlobDigest digest, int number, CancellationToken cancellationToken = default) =>
        await store.ReadPartAsync(digest, number, cancellationToken) is { } content ? new BlobPart(content) : null;
}
