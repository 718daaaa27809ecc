using System.ComponentModel.DataAnnotations;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>Where everything is kept.</summary>
public sealed class DataOptions
{
    public const string Section = "Data";

    /// <summary>The data folder. One process has it at a time; it must be on a disk of this machine.</summary>
    /// <value>A path, relative ones to the working directory. The default is <c>./.orc</c>.</value>
    [Required]
    public string Folder { get; set; } = "./.orc";
}
