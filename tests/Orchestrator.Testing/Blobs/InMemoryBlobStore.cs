using System.Collections.Immutable;
using Orchestrator.Execution.Blobs;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Testing.Blobs;

/// <summary>Blobs in memory, for specs and simulations. It outlives the processes a simulation kills: they share one instance. Nothing is swept.</summary>
/// <remarks>Starts no thread and waits for nothing. Every call is atomic.</remarks>
public sealed class InMemoryBlobStore : IBlobStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Upload, int Number), byte[]> parts = [];
    private readonly Dictionary<BlobDigest, (string Upload, BlobSummary Blob)> blobs = [];
    private readonly HashSet<(WorkflowId Workflow, BlobDigest Digest)> uses = [];

    /// <summary>Called before anything is written; throwing here fails it.</summary>
    public Action BeforeWrite { get; set; } = () => { };

    public ImmutableArray<BlobSummary> All
    {
        get
        {
            lock (gate)
            {
                return [.. blobs.Values.Select(kept => kept.Blob)];
            }
        }
    }

    public bool Uses(WorkflowId workflow, BlobDigest digest)
    {
        lock (gate)
        {
            return uses.Contains((workflow, digest));
        }
    }

    public ValueTask WritePartAsync(string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        BeforeWrite();
        lock (gate)
        {
            parts[(upload, number)] = content.ToArray();
            return default;
        }
    }

    public ValueTask<BlobOutcome> CompleteAsync(string upload, BlobSummary blob, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (blobs.ContainsKey(blob.Digest))
            {
                return new(BlobOutcome.Known);
            }

            var own = parts.Where(part => part.Key.Upload == upload).ToArray();
            if (own.Length != blob.Parts || own.Sum(part => (long)part.Value.Length) != blob.Bytes)
            {
                return new(BlobOutcome.Incomplete);
            }

            blobs.Add(blob.Digest, (upload, blob));
            return new(BlobOutcome.Stored);
        }
    }

    public ValueTask<BlobSummary?> FindAsync(BlobDigest digest, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new(blobs.GetValueOrDefault(digest).Blob);
        }
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadPartAsync(BlobDigest digest, int number, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new(blobs.TryGetValue(digest, out var kept) && parts.TryGetValue((kept.Upload, number), out var content) ? content : (ReadOnlyMemory<byte>?)null);
        }
    }

    public ValueTask<ImmutableArray<BlobDigest>> UseAsync(WorkflowId workflow, ImmutableArray<BlobDigest> digests, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var missing = digests.Where(digest => !blobs.ContainsKey(digest)).ToImmutableArray();
            foreach (var digest in missing.IsEmpty ? digests : [])
            {
                uses.Add((workflow, digest));
            }

            return new(missing);
        }
    }
}
