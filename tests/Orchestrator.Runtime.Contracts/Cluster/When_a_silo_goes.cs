using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts.Cluster;

public sealed class When_a_silo_goes : IAsyncLifetime
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ClusterHost host = new();

    public Task InitializeAsync() => host.InitializeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task in_good_order_its_grains_are_told_and_answer_elsewhere_at_once()
    {
        var (leaver, stayer) = (host.Names[2], host.Names[0]);
        (await host.From(leaver).GetGrain<INearGrain>("of the leaver").Where()).ShouldBe(leaver);

        await host.StopAsync(leaver);

        Probe.Of("of the leaver").Diary.ShouldBe(["deactivated: ShuttingDown"]);
        (await host.From(stayer).GetGrain<INearGrain>("of the leaver").Where()).ShouldBe(stayer);
    }

    [Fact]
    public async Task killed_its_grains_answer_elsewhere_once_its_death_is_noticed()
    {
        var (victim, survivor) = (host.Names[1], host.Names[0]);
        (await host.From(victim).GetGrain<INearGrain>("of the victim").Where()).ShouldBe(victim);

        await host.KillAsync(victim);

        (await AnswerAsync(host.From(survivor).GetGrain<INearGrain>("of the victim"))).ShouldBe(survivor);
    }

    // Calls to a silo that is dead and not known to be fail, and are repeated, as our own callers do.
    private static async Task<string> AnswerAsync(INearGrain grain)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await grain.Where();
            }
            catch (Exception failure) when (failure is TimeoutException or OrleansException && TimeProvider.System.GetElapsedTime(began) < ClusterHost.Patience)
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }
}
