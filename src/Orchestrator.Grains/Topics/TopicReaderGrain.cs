using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Topics;

/// <summary>Serves all watchers of a topic on one silo from one memory: a thousand of them cost the store one read per look.</summary>
/// <remarks>
/// One worker per silo. It looks when the topic's bell rings, and by itself after a bounded time, so a lost hint costs a second and never an event. A
/// stateless worker cannot be told of stream events itself: an explicit subscription is delivered to one worker of one silo, not to each. So its
/// process subscribes for it (<see cref="TopicHintListener"/>) and rings.
/// </remarks>
[StatelessWorker(1), CollectionAgeLimit(Minutes = 2)]
public sealed partial class TopicReaderGrain(
    ITopicLog log, TopicBells bells, TimeProvider clock, IOptions<TopicGrainOptions> options, ILogger<TopicReaderGrain> logger) : Grain, ITopicReaderGrain
{
    /// <summary>Events in one page, and in one read.</summary>
    private const int PageMax = 1_000;

    private readonly TopicRing ring = new(options.Value.RingEventsMax, options.Value.RingBytesMax);
    private TopicBells.Bell? bell;
    private Task? looking;
    private bool following;
    private int watchers;

    // Completed and replaced whenever something new has come. Its continuations run in the turn that completes it.
    private TaskCompletionSource change = new();

    private TopicName Topic => new(this.GetPrimaryKeyString());

    public async Task<TopicPage> ReadAsync(long after, int limit, CancellationToken cancellationToken = default) =>
        (await log.ReadAsync(Topic, after, Math.Clamp(limit, 1, PageMax), cancellationToken)).Within(options.Value.PageBytesMax);

    public async Task<TopicPage> WatchAsync(long after, int limit, TimeSpan patience, CancellationToken cancellationToken = default)
    {
        await FirstLookAsync();
        if (after > ring.Last && await ReadAsync(after, limit, cancellationToken) is var ahead && (ahead.HasLost(after) || !ahead.Events.IsEmpty))
        {
            return ahead;
        }

        await UntilPastAsync(after, patience < options.Value.WatchMax ? patience : options.Value.WatchMax, cancellationToken);

        return ring.Reaches(after)
            ? ring.Read(after, Math.Clamp(limit, 1, PageMax), options.Value.PageBytesMax)
            : await ReadAsync(after, limit, cancellationToken);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        bell?.Dispose();
        bell = null;
        change.TrySetResult();
        return Task.CompletedTask;
    }

    /// <summary>Completes when it is known where the topic stands, in the store's words and not older than this activation.</summary>
    private async Task FirstLookAsync()
    {
        if (bell is not null && looking is { IsCompletedSuccessfully: true })
        {
            return;
        }

        bell ??= bells.Follow(Topic);
        looking = looking is { IsFaulted: false, IsCanceled: false } ? looking : BeginAsync();
        await looking;
    }

    private async Task BeginAsync()
    {
        var page = await log.ReadAsync(Topic, long.MaxValue, 1, CancellationToken.None);
        ring.StartAfter(page.Last);
        ring.Add(page);
    }

    private async Task UntilPastAsync(long number, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (watchers >= options.Value.WatchersMax)
        {
            return;
        }

        watchers++;
        var started = clock.GetTimestamp();
        try
        {
            while (bell is not null && number >= ring.Last && patience - clock.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
            {
                if (!following)
                {
                    following = true;
                    _ = FollowAsync();
                }

                await change.Task.WaitAsync(left, clock, cancellationToken);
            }
        }
        catch (TimeoutException)
        {
            // Nothing came in time; the page that follows is empty.
        }
        finally
        {
            watchers--;
        }
    }

    /// <summary>Looks for as long as somebody watches. Not awaited, and nothing escapes it: who waits is told by <see cref="change"/> or runs out of patience.</summary>
    private async Task FollowAsync()
    {
        try
        {
            var due = true;
            while (watchers > 0 && bell is { } heard)
            {
                // Taken before the look, so that no ring falls between the two.
                var next = heard.Next;
                if (due || heard.Newest > ring.Last)
                {
                    await LookAsync();
                }

                due = await IsQuietAsync(next);
            }
        }
        finally
        {
            following = false;
        }
    }

    private async Task<bool> IsQuietAsync(Task next)
    {
        try
        {
            await next.WaitAsync(options.Value.LookEvery, clock);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private async Task LookAsync()
    {
        try
        {
            TopicPage page;
            do
            {
                page = await log.ReadAsync(Topic, ring.Last, PageMax, CancellationToken.None);
                if (Take(page))
                {
                    TellWatchers();
                }
            }
            while (ring.Last < page.Last);
        }
        catch (Exception failure)
        {
            LogLookFailed(failure, Topic);
        }
    }

    /// <summary>Whether there is something to tell those who watch.</summary>
    private bool Take(TopicPage page)
    {
        var rest = page.Last - (page.Events.IsEmpty ? ring.Last : page.Events[^1].Number);
        if (rest > options.Value.RingEventsMax)
        {
            // Nobody has watched for long. Only the newest belong here; whoever wants the others reads them from the store.
            ring.StartAfter(page.Last - options.Value.RingEventsMax);
            return false;
        }

        var before = ring.Last;
        if (page.Events.IsEmpty && page.Last > before)
        {
            // All that was new has gone again.
            ring.StartAfter(page.Last);
        }

        ring.Add(page);
        return ring.Last > before;
    }

    private void TellWatchers()
    {
        var told = change;
        change = new TaskCompletionSource();
        told.SetResult();
    }

    [LoggerMessage(EventId = 1511, EventName = "TopicLookFailed", Level = LogLevel.Warning,
        Message = "Topic {Topic} could not be read for those who watch it; it is tried again within a second")]
    private partial void LogLookFailed(Exception exception, TopicName topic);
}
