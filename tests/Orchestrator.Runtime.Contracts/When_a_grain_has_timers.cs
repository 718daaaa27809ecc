using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_a_grain_has_timers(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    private static int Ticks(string key) => Probe.Of(key).Diary.Count(entry => entry == "tick");

    [Fact]
    public async Task it_ticks_at_its_time_and_then_each_period()
    {
        await host.Client.GetGrain<ITimedGrain>("ticks").Start(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), interleave: false);
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        Ticks("ticks").ShouldBe(0);
        await host.AdvanceUntilAsync(() => Ticks("ticks") == 3, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task a_tick_waits_for_the_request_under_way_unless_it_may_interleave()
    {
        var patient = host.Client.GetGrain<ITimedGrain>("patient");
        var eager = host.Client.GetGrain<ITimedGrain>("eager");
        await patient.Start(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan, interleave: false);
        await eager.Start(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan, interleave: true);
        var (patientBusy, eagerBusy) = (patient.Busy(), eager.Busy());
        await Probe.Of("patient").Gate("busy begun");
        await Probe.Of("eager").Gate("busy begun");
        await host.AdvanceUntilAsync(() => Ticks("eager") == 1, TimeSpan.FromSeconds(5));
        Ticks("patient").ShouldBe(0);
        Probe.Of("patient").Open("busy");
        Probe.Of("eager").Open("busy");
        await Task.WhenAll(patientBusy, eagerBusy);
        await host.AdvanceUntilAsync(() => Ticks("patient") == 1, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task a_failing_tick_is_followed_by_the_next()
    {
        await host.Client.GetGrain<ITimedGrain>("failing").Start(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), interleave: false);
        await host.AdvanceUntilAsync(() => Ticks("failing") >= 3, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task it_stops_when_disposed_and_when_the_activation_ends()
    {
        var disposing = host.Client.GetGrain<ITimedGrain>("disposing");
        var ending = host.Client.GetGrain<ITimedGrain>("ending");
        await disposing.Start(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), interleave: false);
        await ending.Start(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), interleave: false);
        await host.AdvanceUntilAsync(() => Ticks("disposing") > 0 && Ticks("ending") > 0, TimeSpan.FromSeconds(10));
        await disposing.Stop();
        await ending.Leave();
        var fresh = await ending.Ticking();
        var (disposed, ended) = (Ticks("disposing"), Ticks("ending"));
        await host.AdvanceUntilAsync(() => Ticks("failing") >= 0, TimeSpan.FromSeconds(1));
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await disposing.Ticking();
        await ending.Ticking();
        fresh.ShouldBeFalse();
        Ticks("disposing").ShouldBe(disposed);
        Ticks("ending").ShouldBe(ended);
    }
}
