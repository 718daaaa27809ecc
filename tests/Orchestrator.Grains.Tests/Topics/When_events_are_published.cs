using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Topics;
using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Grains.Tests.Topics;

public sealed class When_events_are_published
{
    [Fact]
    public void they_are_numbered_and_the_same_again_keeps_its_number()
    {
        using var world = new TopicWorld(silos: 1);

        world.Publish(1, 3).Places.ShouldBe([new(1, false), new(2, false), new(3, false)]);
        var again = world.Publish(2, 4);

        again.Places.ShouldBe([new(2, true), new(3, true), new(4, false)]);
        again.Last.ShouldBe(4);
    }

    [Fact]
    public void those_that_come_together_are_one_append()
    {
        using var world = new TopicWorld(silos: 1);
        var appends = new List<int>();
        world.Log.BeforeAppend = async append =>
        {
            appends.Add(append.Events.Length);
            await Task.Delay(TimeSpan.FromMilliseconds(10), world.Clock);
        };
        var client = world.Cluster.Silos[0].Client;

        var replies = Enumerable.Range(1, 100).Select(number => world.Cluster.Silos[0].Start(() => client.Topic(TopicWorld.Topic).PublishAsync([SampleEvents.Sample(number)]))).ToArray();
        world.Cluster.RunUntil(() => Array.TrueForAll(replies, reply => reply.IsCompleted), TimeSpan.FromMinutes(1));

        replies.ShouldAllBe(reply => reply.IsCompletedSuccessfully);
        appends.Sum().ShouldBe(100);
        appends.Count.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public void whoever_publishes_first_does_not_wait_for_those_who_follow()
    {
        using var world = new TopicWorld(silos: 1);
        var client = world.Cluster.Silos[0].Client;
        var appends = 0;
        world.Log.BeforeAppend = async _ =>
        {
            appends++;
            await Task.Delay(TimeSpan.FromMilliseconds(10), world.Clock);
        };
        var first = world.Cluster.Silos[0].Start(() => client.Topic(TopicWorld.Topic).PublishAsync([SampleEvents.Sample(0)]));
        _ = world.Cluster.Silos[0].Start(async () =>
        {
            for (var number = 1; number < 1_000; number++)
            {
                _ = client.Topic(TopicWorld.Topic).PublishAsync([SampleEvents.Sample(number)]);
                await Task.Delay(TimeSpan.FromMilliseconds(1), world.Clock);
            }
        });

        world.Cluster.RunUntil(() => first.IsCompleted, TimeSpan.FromMinutes(1));

        appends.ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public void what_is_too_large_too_many_or_one_topic_too_many_is_refused_and_nothing_is_kept()
    {
        using var world = new TopicWorld(silos: 1, configure: options => (options.EventBytesMax, options.PublishEventsMax, options.TopicsMax) = (1_024, 5, 1));
        world.Publish(1, 1);

        world.Cluster.Run(() => world.Writer.PublishAsync([SampleEvents.Sample(2), SampleEvents.Sample(3) with { Data = Payload.From(new string('x', 2_000)) }]))
            .Refusal!.Code.ShouldBe("topic.event_too_large");
        world.Cluster.Run(() => world.Writer.PublishAsync(SampleEvents.Samples(2, 7))).Refusal!.Code.ShouldBe("topic.batch");
        world.Cluster.Run(() => world.Cluster.Client.Topic(new("another")).PublishAsync(SampleEvents.Samples(1, 1))).Refusal!.Code.ShouldBe("topic.too_many");

        world.Publish(8, 8).Last.ShouldBe(2);
    }

    [Fact]
    public void more_than_may_wait_for_the_store_is_told_to_come_again()
    {
        using var world = new TopicWorld(silos: 1, configure: options => options.WaitingEventsMax = 10);
        var gate = new TaskCompletionSource();
        world.Log.BeforeAppend = async _ => await gate.Task;
        var client = world.Cluster.Silos[0].Client;

        var replies = new List<PublishReply>();
        foreach (var number in Enumerable.Range(1, 20))
        {
            _ = world.Cluster.Silos[0].Start(async () => replies.Add(await client.Topic(TopicWorld.Topic).PublishAsync([SampleEvents.Sample(number)])));
        }

        world.Cluster.Advance(TimeSpan.FromMilliseconds(100));

        // One is on its way to the store, ten wait, and nine have been refused.
        replies.Count.ShouldBe(9);
        replies.ShouldAllBe(reply => reply.Refusal!.Code == "topic.busy" && reply.Refusal.RetryAfter > TimeSpan.Zero);
        gate.SetResult();
    }

    [Fact]
    public void a_store_that_is_away_is_told_to_every_publisher_and_the_next_are_taken()
    {
        using var world = new TopicWorld(silos: 1);
        world.Log.AfterAppend = _ => throw new StorageUnavailableException("away", full: false);
        Should.Throw<StorageUnavailableException>(() => world.Publish(1, 2));

        world.Log.AfterAppend = null;

        // The answer was lost and the append was not: sent again, the events have the numbers they had.
        world.Publish(1, 3).Places.ShouldBe([new(1, true), new(2, true), new(3, false)]);
    }
}
