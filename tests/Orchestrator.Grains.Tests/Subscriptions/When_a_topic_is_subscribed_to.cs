using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Grains.Subscriptions;
using Orchestrator.Grains.Tests.Topics;
using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Subscriptions;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Tests.Subscriptions;

public sealed class When_a_topic_is_subscribed_to
{
    private static readonly TopicName Topic = new("orders");
    private static readonly Subscription Follow = new("follow", "orders", ["sample.happened"], Plan: "nap");

    [Fact]
    public void each_event_starts_one_workflow_whenever_the_silo_dies()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            using var world = new SubscriptionWorld(seed);
            world.Publish(1, 3);
            world.Put(Follow);
            world.Publish(4, 30);

            // Dies somewhere between the first look and the last note, at another turn with every seed.
            world.DriveAndDieAfter(turns: seed * 4);
            world.Drive();
            world.Publish(25, 40);
            world.Drive();
            world.Drive();

            world.Started().ShouldBe(Enumerable.Range(4, 37).Select(number => $"orders/{number}"), ignoreOrder: true, $"seed {seed}");
            world.Progress("follow").After.ShouldBe(40);
        }
    }

    [Fact]
    public void one_that_is_replaced_goes_on_and_one_that_is_removed_is_forgotten()
    {
        using var world = new SubscriptionWorld(1);
        world.Put(Follow);
        world.Publish(1, 2);
        world.Put(Follow with { Types = ["other"] }, "s1");
        world.Drive();
        world.Started().ShouldBeEmpty();
        world.Put(Follow, "s2");
        world.Publish(3, 3);
        world.Drive();
        world.Started().ShouldBe(["orders/3"]);
        world.Remove("follow");
        world.Publish(4, 4);
        world.Put(Follow, "");
        world.Publish(5, 5);
        world.Drive();

        world.Started().ShouldBe(["orders/3", "orders/5"], ignoreOrder: true);
    }

    [Fact]
    public void a_plan_that_is_missing_holds_up_nobody_and_is_told()
    {
        using var world = new SubscriptionWorld(1);
        world.Put(Follow with { Name = "lost", Plan = "nowhere" });
        world.Put(Follow);
        world.Publish(1, 2);
        world.Drive();

        world.Started().ShouldBe(["orders/1", "orders/2"], ignoreOrder: true);
        var progress = world.Progress("lost");
        (progress.After, progress.Started, progress.Cut).ShouldBe((2, 0, 2));
        progress.LastProblem!.ShouldContain("nowhere");
    }

    private sealed class SubscriptionWorld : IDisposable
    {
        private readonly NewsServices kept = new(tellsAll: false);
        private readonly SimulatedCluster cluster;

        public SubscriptionWorld(int seed)
        {
            cluster = new SimulatedCluster((ulong)seed, new SimulationOptions(), (start, services) =>
            {
                kept.AddTo(services, start.Name);
                services.AddOptions<SubscriptionOptions>().Configure(options => options.BatchMax = 7);
            });
            cluster.Run(() => cluster.Client.Plan("nap").DefineAsync(new Plan("nap", [new Step("nap", Sleep: TimeSpan.FromHours(1))])));
        }

        public void Publish(int first, int last) => cluster.Run(() => cluster.Client.Topic(Topic).PublishAsync(SampleEvents.Samples(first, last)));

        public void Put(Subscription subscription, string? expected = null) =>
            cluster.Run(() => cluster.Client.SubscriptionTable().PutAsync(subscription, expected)).Refusal.ShouldBeNull();

        public void Remove(string name) => cluster.Run(() => cluster.Client.SubscriptionTable().RemoveAsync(name)).Refusal.ShouldBeNull();

        public void Drive() => cluster.Run(() => cluster.Client.SubscriptionTable().DriveAsync());

        public void DriveAndDieAfter(int turns)
        {
            _ = cluster.Silos[0].Start(() => cluster.Silos[0].Client.SubscriptionTable().DriveAsync());
            for (var turn = 0; turn < turns && cluster.Step(); turn++)
            {
            }

            cluster.Silos[0].Crash();
            cluster.Silos[0].Restart();
            cluster.RunUntil(() => cluster.Silos[0].IsReady, TimeSpan.FromMinutes(1));
        }

        public SubscriptionProgress Progress(string name) => cluster.Run(() => cluster.Client.Subscription(name).ProgressAsync());

        /// <summary>The events of which workflows were started, each as often as there are workflows of it.</summary>
        public IEnumerable<string> Started() => kept.Journal.Rows().Select(row => kept.Journal.History(row.Id)[0].Event)
            .OfType<Orchestrator.Vocabulary.Workflows.WorkflowAccepted>().Select(accepted => accepted.Tags["event"]);

        public void Dispose() => cluster.Dispose();
    }
}
