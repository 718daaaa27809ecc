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

    /// <summary>The largest answer of an agent that stands in the journal itself; a larger one is put into a blob, and its link stands there.</summary>
    /// <value>1 KiB to 8 MiB, in bytes. The default is 1 MiB. Expressions look into what stands in the journal, and not through links.</value>
    [Range(1_024, 8_388_608)]
    public int InlineBytesMax { get; set; } = 1_048_576;

    /// <summary>Bytes of contents that are put in the places of their links for one call of an agent.</summary>
    /// <value>1 KiB to 256 MiB. The default is 16 MiB; a process holds them for as long as the call takes.</value>
    [Range(1_024, 268_435_456)]
    public int OpenBytesMax { get; set; } = 16_777_216;

    /// <summary>Links in one message into a workflow: an input with its plan, a signal, an answer.</summary>
    /// <value>1 to 1,000. The default is 100.</value>
    [Range(1, 1_000)]
    public int LinksMax { get; set; } = 100;
}
