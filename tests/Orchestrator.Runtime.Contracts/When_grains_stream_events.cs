using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_grains_stream_events(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    private Task HeardAsync(string listener, int number) =>
        host.AdvanceUntilAsync(() => Probe.Of(listener).Gate($"heard {number}").IsCompleted, TimeSpan.FromMinutes(2));

    [Fact]
    public async Task an_implicit_subscriber_is_activated_by_the_event_and_hears_all_in_order_one_at_a_time()
    {
        await host.Client.GetGrain<ISenderGrain>("implied").Send("implicit", first: 0, count: 100);
        await HeardAsync("implied", 99);
        Probe.Of("implied").Diary.ShouldBe(Enumerable.Range(0, 100).Select(number => $"{number}"));
        Probe.Of("implied").InsideAtOnceMax.ShouldBe(1);
        await host.Client.GetGrain<IImplicitListenerGrain>("implied").Leave();
        await host.Client.GetGrain<ISenderGrain>("implied").Send("implicit", first: 100, count: 1);
        await HeardAsync("implied", 100);
    }

    [Fact]
    public async Task an_explicit_subscriber_hears_from_then_on_until_it_unsubscribes()
    {
        var listener = host.Client.GetGrain<IListenerGrain>("listener");
        var sender = host.Client.GetGrain<ISenderGrain>("radio");
        await sender.Send("explicit", first: 0, count: 1);
        await listener.Listen("radio");
        await sender.Send("explicit", first: 1, count: 3);
        await HeardAsync("listener", 3);
        await listener.Unsubscribe("radio");
        await sender.Send("explicit", first: 4, count: 1);
        await listener.Resume("radio");

        // An event from before may still come where the runtime had not fetched it when the subscription was made.
        Probe.Of("listener").Diary.SkipWhile(number => number == "0").ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task a_failing_observer_gets_its_event_again_and_the_next_when_it_copes()
    {
        var listener = host.Client.GetGrain<IListenerGrain>("clumsy");
        await listener.Listen("clumsy-radio");
        await host.Client.GetGrain<ISenderGrain>("clumsy-radio").Send("explicit", first: 6, count: 3);
        await HeardAsync("clumsy", 8);
        Probe.Of("clumsy").Diary.ShouldBe(["6", "7", "7", "8"]);
    }

    [Fact]
    public async Task an_event_that_no_attempt_delivers_is_skipped_in_the_end()
    {
        var listener = host.Client.GetGrain<IListenerGrain>("unlucky");
        await listener.Listen("unlucky-radio");
        await host.Client.GetGrain<ISenderGrain>("unlucky-radio").Send("explicit", first: 12, count: 3);
        await HeardAsync("unlucky", 14);
        Probe.Of("unlucky").Diary.Distinct().ShouldBe(["12", "13", "14"]);
        Probe.Of("unlucky").Diary.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task a_subscription_outlives_the_activation_and_is_resumed_by_the_next()
    {
        var listener = host.Client.GetGrain<IListenerGrain>("resuming");
        await listener.Listen("resumed-radio");
        await listener.Leave();
        await listener.Resume("resumed-radio");
        await host.Client.GetGrain<ISenderGrain>("resumed-radio").Send("explicit", first: 5, count: 1);
        await HeardAsync("resuming", 5);
    }

    [Fact]
    public async Task a_client_can_listen_too()
    {
        var heard = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stream = host.Client.GetStreamProvider("events").GetStream<int>("explicit", "for-client");
        var handle = await stream.SubscribeAsync((number, _) =>
        {
            heard.TrySetResult(number);
            return Task.CompletedTask;
        });
        await host.Client.GetGrain<ISenderGrain>("for-client").Send("explicit", first: 8, count: 1);
        await host.AdvanceUntilAsync(() => heard.Task.IsCompleted, TimeSpan.FromSeconds(10));
        (await heard.Task).ShouldBe(8);
        await handle.UnsubscribeAsync();
        (await stream.GetAllSubscriptionHandles()).ShouldBeEmpty();
    }
}
