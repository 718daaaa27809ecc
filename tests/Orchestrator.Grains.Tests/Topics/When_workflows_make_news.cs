using System.Collections.Immutable;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Testing.Journals;
using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Tests.Topics;

public sealed class When_workflows_make_news
{
    [Fact]
    public void they_are_told_once_and_in_order_whatever_breaks_on_the_way()
    {
        using var world = new TopicWorld(silos: 2);
        for (var number = 1; number <= 20; number++)
        {
            Leave(world, number);
        }

        // The append is kept and its answer lost, then the silo that told dies: told again, the news is the same news.
        world.Log.AfterAppend = _ => throw new StorageUnavailableException("away", full: false);
        Should.Throw<StorageUnavailableException>(() => Tell(world));
        world.Log.AfterAppend = null;
        world.Cluster.Silos[0].Crash();
        world.Cluster.Advance(TimeSpan.FromMinutes(1));
        Leave(world, 21);
        Tell(world);
        Tell(world);

        var told = world.Cluster.Run(() => world.Log.ReadAsync(WorkflowNews.Topic, 0, 100, CancellationToken.None).AsTask());
        told.Events.Select(kept => kept.Event.Id).ShouldBe(Enumerable.Range(1, 21).Select(number => $"e-{number}"));
        world.Cluster.Run(() => world.Journal.ReadAsync(100, CancellationToken.None).AsTask()).ShouldBeEmpty();
    }

    [Fact]
    public void their_topic_has_room_when_there_are_as_many_topics_as_may_be()
    {
        using var world = new TopicWorld(silos: 1, configure: options => options.TopicsMax = 1);
        world.Publish(1, 1);
        Leave(world, 1);

        Tell(world);

        world.Cluster.Run(() => world.Journal.ReadAsync(100, CancellationToken.None).AsTask()).ShouldBeEmpty();
    }

    [Fact]
    public void a_reader_on_another_silo_hears_of_them_at_once()
    {
        using var world = new TopicWorld(silos: 2, configure: options => options.LookEvery = TimeSpan.FromSeconds(30));
        TopicPage? page = null;
        _ = world.Cluster.Silos[1].Start(async () =>
            page = await world.Cluster.Silos[1].Client.TopicReader(WorkflowNews.Topic).WatchAsync(0, 10, TimeSpan.FromSeconds(10)));
        world.Cluster.Advance(TimeSpan.FromSeconds(1));
        Leave(world, 1);

        Tell(world);
        world.Cluster.Advance(TimeSpan.FromSeconds(1));

        page!.Events.Single().Event.Id.ShouldBe("e-1");
    }

    private static void Tell(TopicWorld world) => world.Cluster.Run(() => world.Cluster.Client.WorkflowNews().TellAsync());

    private static void Leave(TopicWorld world, int number) => world.Cluster.Run(() => world.Journal
        .AppendAsync(SampleAppends.Accept(SampleAppends.Id(number)) with { News = ImmutableArray.Create(SampleEvents.Sample(number)) }, CancellationToken.None).AsTask());
}
