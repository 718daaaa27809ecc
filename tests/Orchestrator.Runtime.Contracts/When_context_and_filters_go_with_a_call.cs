using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_context_and_filters_go_with_a_call(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    [Fact]
    public async Task the_request_context_goes_down_the_chain_of_calls_and_not_back_up()
    {
        RequestContext.Set("tenant", "acme");
        try
        {
            (await host.Client.GetGrain<IContextGrain>("outer").Read("tenant", through: "inner")).ShouldBe("acme");
            await host.Client.GetGrain<IContextGrain>("outer").Write("tenant", "other");
            RequestContext.Get("tenant").ShouldBe("acme");
        }
        finally
        {
            RequestContext.Clear();
        }

        (await host.Client.GetGrain<IContextGrain>("outer").Read("tenant", through: "inner")).ShouldBe("nothing");
    }

    [Fact]
    public async Task a_grain_that_is_a_filter_stands_around_its_own_calls()
    {
        var grain = host.Client.GetGrain<IFilteringGrain>("filtering");
        (await grain.Add(2, 3)).ShouldBe(50, "the filter put ten times the sum in its place");
        (await Should.ThrowAsync<InvalidOperationException>(() => grain.Forbidden())).Message.ShouldBe("Forbidden is not allowed");
        Probe.Of("filtering").Diary.ShouldBe(["IFilteringGrain.Add(2, 3)", "IFilteringGrain.Forbidden()"]);
    }
}
