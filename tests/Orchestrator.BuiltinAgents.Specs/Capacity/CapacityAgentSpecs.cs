using Orchestrator.BuiltinAgents.Capacity;

namespace Orchestrator.BuiltinAgents.Specs.Capacity;

public sealed class When_capacity_is_planned
{
    // One server is the M/M/1 queue, where the share that waits is the load itself; ten erlangs on fourteen servers stand in every table.
    [Theory, InlineData(0.5, 1, 0.5), InlineData(0.9, 1, 0.9), InlineData(10, 14, 0.174132), InlineData(2, 3, 0.444444)]
    public void the_share_that_waits_is_erlang_s(double load, int servers, double share) => ErlangC.ShareWaiting(load, servers).ShouldBe(share, 1e-6);

    [Fact]
    public async Task so_many_as_are_needed_and_not_one_more()
    {
        var output = await Asked.For("infrastructure_agent", new { callsPerSecond = 20, secondsPerCall = 0.5, waitMax = 0.1 }, "manage_infrastructure");
        var instances = output.GetProperty("instances").GetInt32();
        (ErlangC.Wait(10, instances) * 0.5).ShouldBeLessThanOrEqualTo(0.1);
        (ErlangC.Wait(10, instances - 1) * 0.5).ShouldBeGreaterThan(0.1);
        output.GetProperty("utilization").GetDouble().ShouldBe(10.0 / instances, 0.0001);
    }

    [Fact]
    public async Task an_instance_that_works_on_several_counts_for_as_many() =>
        (await Asked.For("infrastructure_agent", new { callsPerSecond = 100, secondsPerCall = 1, callsPerInstance = 25 })).GetProperty("instances").GetInt32().ShouldBe(5);

    [Theory, InlineData("{}"), InlineData("""{"callsPerSecond": 0, "secondsPerCall": 1}"""), InlineData("""{"callsPerSecond": 1e6, "secondsPerCall": 1}""")]
    public Task what_cannot_be_planned_is_refused(string json) => Asked.Refused("infrastructure_agent", json);
}
