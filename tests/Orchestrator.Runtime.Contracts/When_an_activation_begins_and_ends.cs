using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_an_activation_begins_and_ends(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    [Fact]
    public async Task messages_wait_until_it_is_activated()
    {
        var grain = host.Client.GetGrain<ISlowStartGrain>("slow-start");
        var calls = Enumerable.Range(0, 5).Select(_ => grain.Ask()).ToArray();
        Probe.Of("slow-start").Diary.ShouldNotContain("asked");
        Probe.Of("slow-start").Open("start");
        await Task.WhenAll(calls);
        Probe.Of("slow-start").Diary.ShouldBe(["activated", "asked", "asked", "asked", "asked", "asked"]);
    }

    [Fact]
    public async Task a_failed_activation_fails_its_callers_and_the_next_call_tries_again()
    {
        var grain = host.Client.GetGrain<ISlowStartGrain>("fails-first");
        Probe.Of("fails-first").Open("start");
        (await Should.ThrowAsync<InvalidOperationException>(() => grain.Ask())).Message.ShouldBe("not yet");
        await grain.Ask();
    }

    [Fact]
    public async Task leaving_finishes_what_has_begun_and_sends_the_rest_to_a_fresh_activation()
    {
        var grain = host.Client.GetGrain<ILeavingGrain>("leaving");
        var probe = Probe.Of("leaving");
        var leaving = grain.LeaveAndFinish();
        await probe.Gate("left");
        var later = grain.Activation();
        probe.Open("finish");
        var old = await leaving;
        (await later).ShouldNotBe(old);
        probe.Diary.ShouldBe(["finished", "deactivated: ApplicationRequested", "answered"]);
    }

    [Fact]
    public async Task one_that_nobody_uses_ends_after_its_age_and_one_in_use_does_not()
    {
        var idle = host.Client.GetGrain<ILedgerGrain>("idle");
        var busy = host.Client.GetGrain<ILedgerGrain>("busy");
        var kept = host.Client.GetGrain<ILeavingGrain>("kept-alive");
        await idle.Total();
        await busy.Total();
        var (keptBefore, busyBefore) = (await kept.Activation(), await busy.Activation());
        for (var eighth = 0; eighth < 12; eighth++)
        {
            await host.PassAsync(host.CollectionAge / 8);
            (await busy.Activation()).ShouldBe(busyBefore);
        }

        await host.AdvanceUntilAsync(() => Probe.Of("idle").Diary.Count == 2, TimeSpan.FromMinutes(5));
        Probe.Of("idle").Diary.ShouldBe(["activated with 0", "deactivated: ActivationIdle"]);
        (await kept.Activation()).ShouldBe(keptBefore, "its class is [KeepAlive]");
    }

    [Fact]
    public async Task stopping_ends_all_of_them_and_tells_them_why()
    {
        var own = new RuntimeHost();
        await own.InitializeAsync();
        await own.Client.GetGrain<ILedgerGrain>("stopped").Total();
        await own.StopAsync();
        Probe.Of("stopped").Diary.ShouldBe(["activated with 0", "deactivated: ShuttingDown"]);
        await own.DisposeAsync();
    }
}
