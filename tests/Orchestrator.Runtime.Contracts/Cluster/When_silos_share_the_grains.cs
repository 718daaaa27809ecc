using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts.Cluster;

public sealed class When_silos_share_the_grains(ClusterHost host) : IClassFixture<ClusterHost>
{
    [Fact]
    public async Task a_grain_has_one_activation_whoever_calls_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(n => host.From(host.Names[n % ClusterHost.Size]).GetGrain<ILedgerGrain>("shared").Activation()));
        answers.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task one_that_prefers_to_be_near_is_activated_beside_its_first_caller_and_found_there_by_the_others()
    {
        foreach (var name in host.Names)
        {
            (await host.From(name).GetGrain<INearGrain>($"near {name}").Where()).ShouldBe(name);
            foreach (var other in host.Names)
            {
                (await host.From(other).GetGrain<INearGrain>($"near {name}").Where()).ShouldBe(name);
            }
        }
    }

    [Fact]
    public async Task those_placed_by_chance_are_spread_over_all_silos()
    {
        var caller = host.From(host.Names[0]);
        var places = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => caller.GetGrain<ISpreadGrain>($"{n}").Where()));
        places.Distinct().ShouldBe(host.Names, ignoreOrder: true);
    }

    [Fact]
    public async Task a_stateless_worker_answers_in_its_callers_silo()
    {
        foreach (var name in host.Names)
        {
            (await host.From(name).GetGrain<IHandyGrain>("handy").Where()).ShouldBe(name);
        }
    }

    [Fact]
    public async Task an_event_reaches_explicit_subscribers_on_every_silo()
    {
        foreach (var name in host.Names)
        {
            await host.From(name).GetGrain<INearGrain>($"listener in {name}").Listen("everywhere");
        }

        await host.From(host.Names[0]).GetGrain<ISenderGrain>("everywhere").Send("explicit", first: 0, count: 20);
        foreach (var name in host.Names)
        {
            var heard = Probe.Of($"listener in {name}");
            await heard.Gate("heard 19").WaitAsync(ClusterHost.Patience, TimeProvider.System);
            heard.Diary.ShouldBe(Enumerable.Range(0, 20).Select(number => $"{number} in {name}"));
        }
    }
}
