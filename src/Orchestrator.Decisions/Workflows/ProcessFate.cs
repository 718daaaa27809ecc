namespace Orchestrator.Decisions.Workflows;

/// <summary>What has become of one start of one process.</summary>
public enum ProcessFate
{
    None = 0,

    /// <summary>It runs, as far as is known.</summary>
    Running = 1,

    /// <summary>It ended in good order: what it left unfinished was no crash.</summary>
    Left = 2,

    /// <summary>It died, or has not been heard of for so long that it counts as dead.</summary>
    Lost = 3,
}
