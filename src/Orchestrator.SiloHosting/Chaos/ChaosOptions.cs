using System.ComponentModel.DataAnnotations;

namespace Orchestrator.SiloHosting.Chaos;

/// <summary>Kills this process at a chosen moment, so that tests can show that nothing is lost. Off, and refused for any folder that is not marked for it.</summary>
public sealed class ChaosOptions
{
    public const string Section = "Chaos";

    /// <summary>A data folder with a file of this name may be used for experiments.</summary>
    public const string MarkFile = "chaos-allowed";

    /// <summary>The process dies before the append that holds a workflow's event of this number reaches the store.</summary>
    /// <value>1 to 1,000,000; null, the default, for never.</value>
    [Range(1, 1_000_000)]
    public int? KillBeforeEvent { get; set; }

    /// <summary>The process dies when the append that holds a workflow's event of this number is durable, before anybody hears of it.</summary>
    /// <value>1 to 1,000,000; null, the default, for never.</value>
    [Range(1, 1_000_000)]
    public int? KillAfterEvent { get; set; }

    internal bool IsOn => KillBeforeEvent is not null || KillAfterEvent is not null;
}
