using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Tests.Topics;

public sealed class When_a_topic_is_watched
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    [Fact]
    public void watchers_on_every_silo_hear_at_once_what_is_published_on_one()
    {
        using var world = new TopicWorld(silos: 3);
        world.Publish(1, 1);
        var watching = Enumerable.Range(0, 3).Select(silo => world.Watch(silo, after: 1)).ToArray();
        world.Cluster.Advance(TimeSpan.FromMilliseconds(300));

        world.Publish(2, 3);
        world.Cluster.RunUntil(() => watching.All(one => one.Page is not null), Soon);

        watching.ShouldAllBe(one => one.Numbers.SequenceEqual(new long[] { 2, 3 }));
        watching.ShouldAllBe(one => one.Took < TimeSpan.FromMilliseconds(500), "a hint came, or it would be a second");
    }

    [Fact]
    public void watchers_hear_within_a_second_where_no_hint_comes()
    {
        using var world = new TopicWorld(silos: 3, listens: false);
        world.Publish(1, 1);
        var watching = Enumerable.Range(0, 3).Select(silo => world.Watch(silo, after: 1)).ToArray();
        world.Cluster.Advance(TimeSpan.FromMilliseconds(300));

        world.Publish(2, 2);
        world.Cluster.RunUntil(() => watching.All(one => one.Page is not null), Soon);

        watching.ShouldAllBe(one => one.Numbers.SequenceEqual(new long[] { 2 }) && one.Took < TimeSpan.FromSeconds(1.5));
        watching.Count(one => one.Took > TimeSpan.FromMilliseconds(500)).ShouldBe(2, "only the silo where the topic lives hears its bell");
    }

    [Fact]
    public void a_crowd_of_watchers_costs_the_store_no_more_than_one()
    {
        using var world = new TopicWorld(silos: 1);
        world.Publish(1, 1);
        var crowd = Enumerable.Range(0, 500).Select(_ => world.Watch(0, after: 1)).ToArray();
        world.Cluster.Advance(TimeSpan.FromMilliseconds(100));
        var before = world.Log.Reads;

        world.Publish(2, 2);
        world.Cluster.RunUntil(() => Array.TrueForAll(crowd, one => one.Page is not null), Soon);

        crowd.ShouldAllBe(one => one.Numbers.Single() == 2);
        (world.Log.Reads - before).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public void patience_ends_with_an_empty_page()
    {
        using var world = new TopicWorld(silos: 1);
        world.Publish(1, 1);
        var watching = world.Watch(0, after: 1, TimeSpan.FromSeconds(3));

        world.Cluster.RunUntil(() => watching.Page is not null, Soon);

        watching.Numbers.ShouldBeEmpty();
        watching.Took.ShouldBe(TimeSpan.FromSeconds(3), tolerance: TimeSpan.FromMilliseconds(50));
        watching.Page!.HasLost(1).ShouldBeFalse();
    }

    [Fact]
    public void who_was_away_for_long_reads_on_from_the_store_and_misses_nothing()
    {
        using var world = new TopicWorld(silos: 1, configure: options => options.RingEventsMax = 10);
        world.Publish(1, 5);
        var first = world.Watch(0, after: 5, TimeSpan.FromSeconds(1));
        world.Cluster.RunUntil(() => first.Page is not null, Soon);
        for (var batch = 0; batch < 10; batch++)
        {
            world.Publish(6 + (batch * 100), 105 + (batch * 100));
        }

        var seen = new List<long> { 5 };
        while (seen[^1] < 1_005)
        {
            var next = world.Watch(0, seen[^1]);
            world.Cluster.RunUntil(() => next.Page is not null, Soon);
            seen.AddRange(next.Numbers);
        }

        seen.ShouldBe(Enumerable.Range(5, 1_001).Select(number => (long)number));
    }

    [Fact]
    public void a_number_that_has_gone_or_never_was_is_told_at_once()
    {
        using var world = new TopicWorld(silos: 1);
        world.Publish(1, 10);
        world.Cluster.Run(() => world.Log.TrimAsync(TopicWorld.Topic, new(DateTimeOffset.MinValue, CountMax: 3), 100, CancellationToken.None).AsTask());

        foreach (var number in (long[])[3, 99])
        {
            var watching = world.Watch(0, number);
            world.Cluster.RunUntil(() => watching.Page is not null, Soon);
            watching.Page!.HasLost(number).ShouldBeTrue();
            watching.Took.ShouldBeLessThan(TimeSpan.FromSeconds(1));
            (watching.Page.First, watching.Page.Last).ShouldBe((8, 10));
        }
    }

    [Fact]
    public void a_store_that_is_away_for_a_while_costs_watchers_time_and_nothing_else()
    {
        using var world = new TopicWorld(silos: 1);
        world.Publish(1, 1);
        var watching = world.Watch(0, after: 1);
        world.Cluster.Advance(TimeSpan.FromMilliseconds(100));
        world.Log.BeforeRead = () => throw new Execution.Journals.StorageUnavailableException("away", full: false);
        world.Publish(2, 2);
        world.Cluster.Advance(TimeSpan.FromSeconds(3));
        watching.Page.ShouldBeNull();

        world.Log.BeforeRead = null;
        world.Cluster.RunUntil(() => watching.Page is not null, Soon);

        watching.Numbers.ShouldBe([2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void readers_see_every_number_once_through_crashes_cuts_and_lost_messages(ulong seed)
    {
        const int events = 60;
        using var world = new TopicWorld(seed, silos: 3);
        world.Cluster.Faults = new() { Lost = 0.05, Duplicated = 0.05, Delayed = 0.1, Reordered = 0.1 };
        var readers = Enumerable.Range(0, 3).Select(silo => new List<long>()).ToArray();
        var publishing = world.Cluster.Start(() => PublishAllAsync(world, events));
        var reading = readers.Select((seen, index) => world.Cluster.Start(() => ReadAllAsync(world, seen, events))).ToArray();
        for (var round = 0; round < 4; round++)
        {
            world.Cluster.Advance(TimeSpan.FromSeconds(2));
            world.Cluster.Silos[round % 3].Crash();
            world.Cluster.Cut(world.Cluster.Silos[(round + 1) % 3]);
            world.Cluster.Advance(TimeSpan.FromSeconds(15));
            world.Cluster.Heal();
            world.Cluster.Silos[round % 3].Restart();
        }

        world.Cluster.Calm();
        world.Cluster.RunUntil(() => publishing.IsCompleted && Array.TrueForAll(reading, one => one.IsCompleted), TimeSpan.FromHours(1));

        readers.ShouldAllBe(seen => seen.SequenceEqual(Enumerable.Range(1, events).Select(number => (long)number)));
        var kept = world.Cluster.Run(() => world.Log.ReadAsync(TopicWorld.Topic, 0, 1_000, CancellationToken.None).AsTask());
        kept.Events.Select(one => one.Event.Id).ShouldBe(Enumerable.Range(1, events).Select(number => SampleEvents.Sample(number).Id));
    }

    // A publisher that sends again until it is answered.
    private static async Task PublishAllAsync(TopicWorld world, int events)
    {
        for (var number = 1; number <= events;)
        {
            try
            {
                var reply = await world.Writer.PublishAsync([SampleEvents.Sample(number)]);
                number += reply.Refusal is null ? 1 : 0;
            }
            catch (Exception)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), world.Clock);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(400), world.Clock);
        }
    }

    // A reader that comes back with the last number it has seen, to whichever silo answers.
    private static async Task ReadAllAsync(TopicWorld world, List<long> seen, int events)
    {
        while (seen.Count < events)
        {
            try
            {
                var page = await world.Cluster.Client.TopicReader(TopicWorld.Topic).WatchAsync(seen.Count, 7, TimeSpan.FromSeconds(5));
                page.HasLost(seen.Count).ShouldBeFalse();
                seen.AddRange(page.Events.Select(kept => kept.Number));
            }
            catch (Exception failure) when (failure is not ShouldAssertException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), world.Clock);
            }
        }
    }
}
