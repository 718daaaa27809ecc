using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_a_grain_has_reminders(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    [Fact]
    public async Task it_ticks_on_time_and_activates_the_grain_for_it()
    {
        var grain = host.Client.GetGrain<IRemindedGrain>("reminded");
        await grain.Remind("water", TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(2));
        await grain.Leave();
        host.Clock.Advance(TimeSpan.FromMinutes(2.9));
        Probe.Of("reminded").Diary.ShouldBe(["activated"]);
        await host.AdvanceUntilAsync(() => Probe.Of("reminded").Diary.Count == 4, TimeSpan.FromMinutes(5));
        Probe.Of("reminded").Diary.ShouldBe(["activated", "activated", "water 0", "water 2"]);
        await grain.Forget("water");
    }

    [Fact]
    public async Task registering_again_gives_it_a_new_time_and_unregistering_ends_it()
    {
        var grain = host.Client.GetGrain<IRemindedGrain>("changed");
        await grain.Remind("call", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        await grain.Remind("call", TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1));
        (await grain.Reminders()).ShouldBe(["call"]);
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await grain.Forget("call");
        (await grain.Reminders()).ShouldBeEmpty();
        host.Clock.Advance(TimeSpan.FromHours(1));
        await grain.Reminders();
        Probe.Of("changed").Diary.ShouldNotContain(entry => entry.StartsWith("call", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_period_under_a_minute_is_refused() =>
        (await Should.ThrowAsync<ArgumentException>(() => host.Client.GetGrain<IRemindedGrain>("hasty").Remind("hourly", TimeSpan.Zero, TimeSpan.FromSeconds(59)))).Message.ShouldContain("hourly");
}
