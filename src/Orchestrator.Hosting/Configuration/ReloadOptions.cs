using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Hosting.Configuration;

/// <summary>How changes of the settings file come into a running process.</summary>
public sealed class ReloadOptions
{
    public const string Section = "Reload";

    /// <summary>Changes are taken over.</summary>
    /// <value>The default is true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>How often the file is read and compared with what it was. A file system's own events miss files that are mounted or replaced by a link.</summary>
    /// <value>100 ms to 1 hour. The default is 2 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(2);
}
