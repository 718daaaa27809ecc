using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_a_call_is_one_way_or_cancelled(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    [Fact]
    public async Task a_one_way_call_is_over_for_its_caller_before_it_begins()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("one-way");
        var waiting = grain.WaitFor("a");
        await Probe.Of("one-way").Gate("a begun");
        grain.Tell("told").IsCompletedSuccessfully.ShouldBeTrue();
        Probe.Of("one-way").Diary.ShouldBe(["begin a"]);
        Probe.Of("one-way").Open("a");
        await waiting;
        await Probe.Of("one-way").Gate("told");
    }

    [Fact]
    public async Task its_failure_reaches_nobody_and_the_grain_goes_on()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("one-way-fails");
        await grain.TellAndFail();
        (await grain.Count()).ShouldBe(0);
    }

    [Fact]
    public async Task cancelling_ends_the_wait_and_reaches_the_method()
    {
        using var source = new CancellationTokenSource();
        var grain = host.Client.GetGrain<IParcelGrain>("cancelled");
        var call = grain.WaitFor("never", source.Token);
        await Probe.Of("cancelled").Gate("never begun");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        (await grain.Count()).ShouldBe(0, "the method took the hint and let the next one in");
    }

    [Fact]
    public async Task a_call_that_was_cancelled_before_it_was_sent_does_not_begin()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("cancelled-early");
        await Should.ThrowAsync<OperationCanceledException>(() => grain.WaitFor("never", new CancellationToken(canceled: true)));
        (await grain.Peek()).ShouldBe("");
    }

    [Fact]
    public async Task a_call_that_is_never_answered_times_out_and_does_not_end_the_grain()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("slow");
        var call = grain.WaitFor("late");
        await Probe.Of("slow").Gate("late begun");
        await host.AdvanceUntilAsync(() => call.IsCompleted, host.ResponseTimeout * 2);
        await Should.ThrowAsync<TimeoutException>(() => call);
        Probe.Of("slow").Open("late");
        (await grain.Count()).ShouldBe(0);
        Probe.Of("slow").Diary.ShouldContain("end late", "the method itself was not stopped");
    }
}
