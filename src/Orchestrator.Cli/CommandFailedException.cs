namespace Orchestrator.Cli;

/// <summary>A command cannot go on. The message is for the person who typed it.</summary>
internal sealed class CommandFailedException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
