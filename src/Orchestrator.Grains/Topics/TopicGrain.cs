using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Topics;

/// <summary>Gathers what is published to one topic into few appends, and tells every silo that there is something to read.</summary>
/// <remarks>
/// The store gives the numbers and would do so for any number of writers; that one grain writes makes a hundred publications that come together
/// one append, and keeps silos from queueing for the topic's row.
/// </remarks>
[Reentrant]
public sealed partial class TopicGrain(
    ITopicLog log, TopicBells bells, TimeProvider clock, IOptions<TopicGrainOptions> options, ILogger<TopicGrain> logger) : Grain, ITopicGrain
{
    /// <summary>How long a publisher is asked to wait when as many events wait for the store as may.</summary>
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(1);

    private readonly Queue<Publication> waiting = new();
    private int eventsWaiting;
    private long bytesWaiting;
    private bool appending;
    private long last;
    private long hinted;
    private bool hinting;

    private TopicName Topic => new(this.GetPrimaryKeyString());

    public async Task<PublishReply> PublishAsync(ImmutableArray<CloudEvent> events, CancellationToken cancellationToken = default)
    {
        var bytes = events.Sum(given => (long)given.Bytes);
        if (Refuse(events, bytes) is { } refusal)
        {
            return new PublishReply([], 0, refusal);
        }

        // Its continuations run where it is completed, in a turn of this grain.
        var publication = new Publication(events, bytes, new TaskCompletionSource<PublishReply>());
        waiting.Enqueue(publication);
        (eventsWaiting, bytesWaiting) = (eventsWaiting + events.Length, bytesWaiting + bytes);
        if (!appending)
        {
            // One append at a time: what comes meanwhile goes together in the next. Not awaited, for who comes first must not wait for all who come after.
            appending = true;
            _ = AppendWaitingAsync();
        }

        return await publication.Answer.Task.WaitAsync(cancellationToken);
    }

    public Task NoteAsync(long last, CancellationToken cancellationToken = default)
    {
        Tell(last);
        return Task.CompletedTask;
    }

    private Refusal? Refuse(ImmutableArray<CloudEvent> events, long bytes)
    {
        var limits = options.Value;
        if (events.IsDefaultOrEmpty || events.Length > limits.PublishEventsMax)
        {
            return new Refusal("topic.batch", $"One publication has 1 to {limits.PublishEventsMax} events, found {(events.IsDefault ? 0 : events.Length)}.");
        }

        if (events.FirstOrDefault(given => given.Bytes > limits.EventBytesMax) is { } large)
        {
            return new Refusal("topic.event_too_large", $"One event has at most {limits.EventBytesMax} bytes, found {large.Bytes}.");
        }

        if (events.Any(given => given.IdentityBytes > CloudEvent.IdentityBytesMax))
        {
            return new Refusal("topic.event_too_large", $"The source and the id of an event have at most {CloudEvent.IdentityBytesMax} bytes together.");
        }

        var full = eventsWaiting > 0 && (eventsWaiting + events.Length > limits.WaitingEventsMax || bytesWaiting + bytes > limits.WaitingBytesMax);
        return full ? new Refusal("topic.busy", $"{eventsWaiting} events wait to be kept, which is as many as may.", BusyFor) : null;
    }

    private async Task AppendWaitingAsync()
    {
        try
        {
            while (waiting.Count > 0)
            {
                await AppendAsync(Take());
            }
        }
        finally
        {
            appending = false;
        }
    }

    private List<Publication> Take()
    {
        var taken = new List<Publication>();
        for (var events = 0; waiting.TryPeek(out var next) && (taken.Count == 0 || events + next.Events.Length <= options.Value.PublishEventsMax);)
        {
            taken.Add(waiting.Dequeue());
            events += next.Events.Length;
            (eventsWaiting, bytesWaiting) = (eventsWaiting - next.Events.Length, bytesWaiting - next.Bytes);
        }

        return taken;
    }

    private async Task AppendAsync(List<Publication> publications)
    {
        try
        {
            ImmutableArray<CloudEvent> events = publications.Count == 1 ? publications[0].Events : [.. publications.SelectMany(one => one.Events)];
            var outcome = await log.AppendAsync(new TopicAppend(Topic, events, clock.GetUtcNow(), options.Value.TopicsMax), CancellationToken.None);
            Answer(publications, outcome);
        }
        catch (Exception failure)
        {
            // Each publisher hears it and sends again; whether anything was kept is unknown, and repeating does no harm.
            foreach (var publication in publications)
            {
                publication.Answer.TrySetException(failure);
            }
        }
    }

    private void Answer(List<Publication> publications, TopicAppendOutcome outcome)
    {
        if (outcome is not TopicAppendOutcome.Appended appended)
        {
            var refusal = new Refusal("topic.too_many", $"There are {options.Value.TopicsMax} topics, which is as many as may be; '{Topic}' would be one more.");
            publications.ForEach(publication => publication.Answer.SetResult(new PublishReply([], 0, refusal)));
            return;
        }

        Tell(appended.Last);
        var from = 0;
        foreach (var publication in publications)
        {
            publication.Answer.SetResult(new PublishReply(appended.Places.Slice(from, publication.Events.Length), appended.Last));
            from += publication.Events.Length;
        }
    }

    private void Tell(long newest)
    {
        if (newest <= last)
        {
            return;
        }

        last = newest;
        bells.Ring(Topic, newest);
        if (!hinting)
        {
            hinting = true;
            _ = HintAsync();
        }
    }

    /// <summary>Tells the other silos. Not awaited: a publication is kept whether or not anybody hears of it now, and readers look by themselves before long.</summary>
    private async Task HintAsync()
    {
        try
        {
            var stream = this.GetStreamProvider(TopicStreams.ProviderName).GetStream<TopicHint>(TopicStreams.Namespace, Topic.Value);
            while (hinted < last)
            {
                hinted = last;
                await stream.OnNextAsync(new TopicHint(Topic, hinted));
                await Task.Delay(options.Value.HintEvery, clock);
            }
        }
        catch (Exception failure)
        {
            LogHintFailed(failure, Topic);
            await Task.Delay(options.Value.LookEvery, clock);
        }
        finally
        {
            hinting = false;
        }
    }

    private sealed record Publication(ImmutableArray<CloudEvent> Events, long Bytes, TaskCompletionSource<PublishReply> Answer);
}
