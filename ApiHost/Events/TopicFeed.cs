using Orchestrator.Grains.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Events;

/// <summary>One topic as this process follows it for all who read it here: its newest events, bounded in number and in bytes, each put into letters once.</summary>
/// <remarks>
/// A reader keeps a number and no queue; what it has not taken yet lies here for all, and when it has gone from here it lies in the store. So a reader
/// that falls behind costs a read, not memory, and loses nothing that the topic still keeps.
/// </remarks>
internal sealed partial class TopicFeed(TopicName topic, ITopicReaderGrain reader, int framesMax, TimeProvider clock, ILogger logger)
{
    private const int BytesMax = 4 * 1024 * 1024;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<EventWake> readers = [];
    private readonly Queue<EventFrame> frames = new();
    private long bytes;
    private long last = -1;

    /// <summary>Readers, counted by whoever made this.</summary>
    public int Followers { get; set; }

    public TopicName Topic => topic;

    public ITopicReaderGrain Reader => reader;

    public void Start() => _ = Task.Run(FollowAsync);

    public void Stop() => stop.Cancel();

    public void Add(EventWake wake)
    {
        lock (gate)
        {
            readers.Add(wake);
        }
    }

    public void Remove(EventWake wake)
    {
        lock (gate)
        {
            readers.Remove(wake);
        }
    }

    /// <summary>Adds the events after a number, as many as are here and may be; false where events after it lie in the store alone.</summary>
    public bool TryRead(long after, int limit, ICollection<EventFrame> found)
    {
        lock (gate)
        {
            if (last < 0 || after >= last)
            {
                return true;
            }

            if (after < last - frames.Count)
            {
                return false;
            }

            foreach (var frame in frames.Skip((int)(after + frames.Count - last)).Take(limit))
            {
                found.Add(frame);
            }

            return true;
        }
    }

    private async Task FollowAsync()
    {
        var cancellationToken = stop.Token;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (last < 0)
                {
                    StartAfter((await reader.ReadAsync(long.MaxValue, 1, cancellationToken)).Last);
                }

                var seen = last;
                var page = await Watch.OnceAsync(
                    given => reader.WatchAsync(seen, framesMax, given, cancellationToken),
                    next => next.Events.IsDefaultOrEmpty && !next.HasLost(seen),
                    Watch.Max,
                    clock,
                    cancellationToken);
                Take(page);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Those who read here wait; what comes meanwhile is in the store and reaches them when it answers again.
                LogFollowFailed(failure, topic);
                await Task.Delay(RetryAfter, clock, CancellationToken.None);
            }
        }
    }

    private void StartAfter(long number)
    {
        lock (gate)
        {
            frames.Clear();
            bytes = 0;
            last = number;
            Wake();
        }
    }

    private void Take(TopicPage page)
    {
        if (page.Events.IsDefaultOrEmpty)
        {
            if (page.HasLost(last))
            {
                StartAfter(page.Last);
            }

            return;
        }

        lock (gate)
        {
            foreach (var kept in page.Events)
            {
                if (kept.Number != last + 1)
                {
                    frames.Clear();
                    bytes = 0;
                }

                var frame = new EventFrame(topic, kept);
                frames.Enqueue(frame);
                bytes += frame.Bytes;
                last = frame.Number;
                while (frames.Count > framesMax || (bytes > BytesMax && frames.Count > 1))
                {
                    bytes -= frames.Dequeue().Bytes;
                }
            }

            Wake();
        }
    }

    private void Wake()
    {
        foreach (var wake in readers)
        {
            wake.Ring();
        }
    }

    [LoggerMessage(EventId = 5041, EventName = "TopicFollowFailed", Level = LogLevel.Warning,
        Message = "Topic {Topic} could not be followed for its event streams; it is tried again within a second")]
    private partial void LogFollowFailed(Exception exception, TopicName topic);
}

/// <summary>Wakes one reader: any thread rings, the reader alone waits.</summary>
internal sealed class EventWake
{
    private TaskCompletionSource rung = New();

    public void Ring() => Volatile.Read(ref rung).TrySetResult();

    /// <summary>From here on a ring counts. Comes before one looks, so that nothing falls between the look and the wait.</summary>
    public void Arm()
    {
        if (rung.Task.IsCompleted)
        {
            Volatile.Write(ref rung, New());
        }
    }

    /// <summary>Waits for a ring since <see cref="Arm"/>, at most so long.</summary>
    public async Task WaitAsync(TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await rung.Task.WaitAsync(patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing came; whoever waits has something to say by now.
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
