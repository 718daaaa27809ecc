namespace Orchestrator.Cli;

/// <summary>How the program ends, for scripts.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The workflow ended in another way than completed, or what was asked for could not be done.</summary>
    public const int Failed = 1;

    /// <summary>The command line, a plan, an input or the configuration is not valid.</summary>
    public const int Usage = 2;
    public const int NotAllowed = 3;
    public const int NotFound = 4;
    public const int TimedOut = 5;

    /// <summary>A person pressed Ctrl-C: 128 and the signal's number, as shells have it.</summary>
    public const int Interrupted = 130;
}
