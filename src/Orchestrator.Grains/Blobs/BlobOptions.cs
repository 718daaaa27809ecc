using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Grains.Blobs;

/// <summary>How much is kept beside payloads, and how often payloads may speak of it.</summary>
public sealed class BlobOptions
{
    public const string Section = "Blobs";

    /// <summary>The largest content that is kept as one blob.</summary>
    /// <value>1 KiB to 1 GiB, in bytes. The default is 64 MiB.</value>
    [Range(1_024, 1_073_741_824)]
    public long BytesMax { get; set; } = 67_108_864;

    /// <summary>Links in one message into a workflow: an input with its plan, a signal, an answer.</summary>
    /// <value>1 to 1,000. The default is 100.</value>
    [Range(1, 1_000)]
    public int LinksMax { get; set; } = 100;
}
