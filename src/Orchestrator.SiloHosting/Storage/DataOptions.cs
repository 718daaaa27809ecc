using System.ComponentModel.DataAnnotations;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>Where everything is kept.</summary>
public sealed class DataOptions
{
    public const string Section = "Data";

    /// <summary>The database. A cluster needs <c>postgres</c>, and so does who wants to become one without moving.</summary>
    /// <value>Sqlite or Postgres. The default is Sqlite: nothing to install.</value>
    [EnumDataType(typeof(StoreKind))]
    public StoreKind Store { get; set; } = StoreKind.Sqlite;

    /// <summary>The data folder. One process has it at a time; it must be on a disk of this machine. With PostgreSQL it holds small files only, such as the key of cursors.</summary>
    /// <value>A path, relative ones to the working directory. The default is <c>./.orc</c>.</value>
    [Required]
    public string Folder { get; set; } = "./.orc";

    /// <summary>The longest pause between two tries to open a database that is away when the process starts; the pauses grow up to it.</summary>
    /// <value>100 ms to 5 minutes. The default is 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan OpenPauseMax { get; set; } = TimeSpan.FromSeconds(5);
}
