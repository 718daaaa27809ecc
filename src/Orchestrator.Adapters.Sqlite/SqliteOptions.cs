using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Adapters.Sqlite;

/// <summary>How the embedded store uses its file, its memory and its one writer.</summary>
public sealed class SqliteOptions
{
    public const string Section = "Storage:Sqlite";

    /// <summary>Appends that one transaction may hold. More in one commit means fewer commits and a longer wait for the first of them.</summary>
    /// <value>1 to 10,000. The default is 1,024.</value>
    [Range(1, 10_000)]
    public int BatchWritesMax { get; set; } = 1_024;

    /// <summary>Bytes that one transaction may hold; a single larger append still goes, alone.</summary>
    /// <value>64 KiB to 256 MiB. The default is 8 MiB.</value>
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public int BatchBytesMax { get; set; } = 8 * 1024 * 1024;

    /// <summary>Appends that may be queued before the next one has to wait for room.</summary>
    /// <value>1 to 1,000,000. The default is 16,384.</value>
    [Range(1, 1_000_000)]
    public int QueueWritesMax { get; set; } = 16_384;

    /// <summary>Bytes that may be queued before the next append has to wait for room.</summary>
    /// <value>1 MiB to 1 GiB. The default is 64 MiB.</value>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int QueueBytesMax { get; set; } = 64 * 1024 * 1024;

    /// <summary>Bytes of a page of a store that is made now; an existing store keeps its own.</summary>
    /// <value>A power of two from 1,024 to 65,536. The default is 4,096.</value>
    [Range(1_024, 65_536)]
    public int PageSize { get; set; } = 4_096;

    /// <summary>How long a statement waits while another program holds the file, before the write is refused.</summary>
    /// <value>Zero to one minute. The default is two seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Pages in the write-ahead log after which a commit copies them into the database file.</summary>
    /// <value>100 to 1,000,000. The default is 4,000, which is 16 MB of the default pages.</value>
    [Range(100, 1_000_000)]
    public int CheckpointPages { get; set; } = 4_000;

    /// <summary>Memory for pages that the writer keeps, in KiB.</summary>
    /// <value>1,024 to 4,194,304. The default is 32,768.</value>
    [Range(1_024, 4_194_304)]
    public int WriterCacheKiB { get; set; } = 32_768;

    /// <summary>Memory for pages that each reading connection keeps, in KiB.</summary>
    /// <value>256 to 1,048,576. The default is 4,096.</value>
    [Range(256, 1_048_576)]
    public int ReaderCacheKiB { get; set; } = 4_096;

    /// <summary>Connections for reading. A further read waits for one to come back.</summary>
    /// <value>1 to 64. The default is 4.</value>
    [Range(1, 64)]
    public int ReadConnections { get; set; } = 4;

    /// <summary>Pages beyond which the database file may not grow. Then appends are refused as on a full disk, and reads and retention go on.</summary>
    /// <value>16 to 1,073,741,823. The default is the largest, which is 4 TiB of the default pages.</value>
    [Range(16, 1_073_741_823)]
    public int PagesMax { get; set; } = 1_073_741_823;

    /// <summary>Throws when a value is out of its range, so that a bad one stops the start and not the first append.</summary>
    public void Validate()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        if (!int.IsPow2(PageSize))
        {
            throw new ValidationException($"{Section}:PageSize must be a power of two, not {PageSize}.");
        }
    }
}
