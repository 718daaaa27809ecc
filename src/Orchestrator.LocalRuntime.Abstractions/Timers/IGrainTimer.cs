using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.LocalRuntime;

/// <summary>A timer of one activation. It ends with the activation and survives no crash; disposing it twice is harmless.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Starts the wait anew. Either may be <see cref="Timeout.InfiniteTimeSpan"/>, for never.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>How a timer runs.</summary>
public readonly struct GrainTimerCreationOptions()
{
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period) : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>The wait before the first tick; infinite for none.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>The wait from the end of one tick to the next; infinite for a single tick.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether a tick may run while a request of the grain waits for something. The default is false.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether a tick counts as use, so that the activation is not idle. The default is false.</summary>
    public bool KeepAlive { get; init; }
}
