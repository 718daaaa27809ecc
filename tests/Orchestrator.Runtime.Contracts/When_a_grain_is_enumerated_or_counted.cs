using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_a_grain_is_enumerated_or_counted(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    [Fact]
    public async Task items_come_in_order_and_other_requests_come_between_them()
    {
        var grain = host.Client.GetGrain<ICountingGrain>("counting");
        var seen = new List<int>();
        await foreach (var number in grain.CountTo(20))
        {
            seen.Add(number);
            (await grain.State()).ShouldBe($"at {number}");
        }

        seen.ShouldBe(Enumerable.Range(1, 20));
        (await grain.State()).ShouldBe("ended");
    }

    [Fact]
    public async Task leaving_early_ends_it_in_the_grain()
    {
        var grain = host.Client.GetGrain<ICountingGrain>("leaving-early");
        await foreach (var number in grain.CountTo(1_000_000))
        {
            if (number == 3)
            {
                break;
            }
        }

        (await grain.State()).ShouldBe("ended");
    }

    [Fact]
    public async Task the_management_grain_knows_who_is_awake()
    {
        var management = host.Client.GetGrain<IManagementGrain>(0);
        await host.Client.GetGrain<ICountingGrain>("awake-1").State();
        await host.Client.GetGrain<ICountingGrain>("awake-2").State();
        (await management.GetHosts(onlyActive: true)).Count.ShouldBe(1);
        (await management.GetTotalActivationCount()).ShouldBeGreaterThanOrEqualTo(3);
        (await management.GetActiveGrains(GrainType.Create("counting"))).Select(grain => grain.ToString()).ShouldBeSubsetOf(
            ["counting/awake-1", "counting/awake-2", "counting/counting", "counting/leaving-early"]);
        (await management.GetSimpleGrainStatistics()).Single(one => one.GrainType.Contains(nameof(CountingGrain))).ActivationCount.ShouldBeGreaterThanOrEqualTo(2);
    }
}
