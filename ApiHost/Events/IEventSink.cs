using Orchestrator.ApiHost.Topics;

namespace Orchestrator.ApiHost.Events;

/// <summary>Where a reader's events go. Each call ends when there is room for the next: a slow reader holds up its own stream and nothing else.</summary>
internal interface IEventSink
{
    /// <summary>How long until the reader has to hear something; zero or less where it is time.</summary>
    TimeSpan UntilHeartbeat { get; }

    /// <summary>Where the reader stands, with no event to it.</summary>
    Task PlaceAsync(string place, CancellationToken cancellationToken);

    /// <param name="place">Where the reader stands when it has this event.</param>
    Task EventAsync(string place, string type, ReadOnlyMemory<byte> json, CancellationToken cancellationToken);

    /// <summary>What comes next in one topic does not join on to what the reader has seen.</summary>
    Task ResetAsync(string place, TopicResetResponse reset, CancellationToken cancellationToken);

    Task FlushAsync(CancellationToken cancellationToken);

    /// <summary>Says that the connection lives, where nothing has for long enough; gives how long may pass until it has to be said again.</summary>
    Task<TimeSpan> KeepAliveAsync(CancellationToken cancellationToken);
}
