using Orchestrator.Execution.Blobs;
using Orchestrator.Testing.Blobs;

namespace Orchestrator.Adapters.Tests.Blobs;

public sealed class In_memory_blobs : BlobContract
{
    protected override IBlobStore Blobs { get; } = new InMemoryBlobStore();
}
