using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_requests_meet(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    private static async Task<Task<string>> Begun(IParcelGrain grain, string key, string gate)
    {
        var call = grain.WaitFor(gate);
        await Probe.Of(key).Gate($"{gate} begun");
        return call;
    }

    [Fact]
    public async Task the_second_begins_when_the_first_is_done()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("in-turn");
        var first = await Begun(grain, "in-turn", "a");
        var second = grain.WaitFor("b");
        Probe.Of("in-turn").Open("b");
        (await grain.Peek()).ShouldBe("begin a");
        Probe.Of("in-turn").Open("a");
        await Task.WhenAll(first, second);
        Probe.Of("in-turn").Diary.ShouldBe(["begin a", "end a", "begin b", "end b"]);
    }

    [Fact]
    public async Task those_of_one_caller_begin_in_the_order_in_which_they_were_sent()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("in-order");
        var first = await Begun(grain, "in-order", "0");
        var rest = Enumerable.Range(1, 50).Select(number => grain.WaitFor($"{number}")).ToArray();
        for (var number = 50; number >= 0; number--)
        {
            Probe.Of("in-order").Open($"{number}");
        }

        await first;
        await Task.WhenAll(rest);
        Probe.Of("in-order").Diary.Where(entry => entry.StartsWith("begin", StringComparison.Ordinal))
            .ShouldBe(Enumerable.Range(0, 51).Select(number => $"begin {number}"));
    }

    [Fact]
    public async Task one_that_always_interleaves_begins_at_once()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("interleave");
        var waiting = await Begun(grain, "interleave", "a");
        (await grain.Peek()).ShouldBe("begin a");
        Probe.Of("interleave").Open("a");
        await waiting;
    }

    [Fact]
    public async Task read_only_ones_share_the_grain_and_keep_writers_out()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("readers");
        var probe = Probe.Of("readers");
        var first = grain.Look("r1");
        await probe.Gate("r1 begun");
        var second = grain.Look("r2");
        await probe.Gate("r2 begun");
        var writer = grain.WaitFor("w");
        probe.Open("w");
        probe.Open("r2");
        await second;
        (await grain.Peek()).ShouldNotContain("begin w");
        probe.Open("r1");
        await Task.WhenAll(first, writer);
        probe.Diary.ShouldBe(["begin r1", "begin r2", "end r2", "end r1", "begin w", "end w"]);
    }

    [Fact]
    public async Task a_reentrant_grain_begins_all_and_still_takes_one_turn_at_a_time()
    {
        var grain = host.Client.GetGrain<IOpenGrain>("open");
        var calls = Enumerable.Range(0, 20).Select(_ => grain.WaitFor("gate")).ToArray();
        (await grain.TurnsOverlapped()).ShouldBeFalse();
        Probe.Of("open").Open("gate");
        await Task.WhenAll(calls);
        (await grain.TurnsOverlapped()).ShouldBeFalse();
    }

    [Fact]
    public async Task a_predicate_of_the_class_decides_by_the_request()
    {
        var grain = host.Client.GetGrain<IChoosyGrain>("choosy");
        var probe = Probe.Of("choosy");
        var waiting = grain.Do("slow");
        await probe.Gate("slow begun");
        await grain.Do("urgent: pass");
        var ordinary = grain.Do("ordinary");
        probe.Diary.ShouldNotContain("ordinary");
        probe.Open("slow");
        await Task.WhenAll(waiting, ordinary);
        probe.Diary.ShouldBe(["slow", "urgent: pass", "ordinary"]);
    }

    [Fact]
    public async Task a_predicate_that_throws_does_not_hold_up_the_grain()
    {
        var grain = host.Client.GetGrain<IChoosyGrain>("puzzled");
        var probe = Probe.Of("puzzled");
        var waiting = grain.Do("slow");
        await probe.Gate("slow begun");
        var unknowable = grain.Do("unknowable");
        await grain.Do("urgent: pass");
        probe.Open("slow");
        await waiting;
        await Task.WhenAny(unknowable);
        await grain.Do("after");
        probe.Diary.ShouldContain("after");
    }

    [Fact]
    public async Task a_chain_that_comes_back_is_let_in_where_it_was_allowed() =>
        (await host.Client.GetGrain<IChainGrain>("chain-a").AskBack("chain-b", allowReentry: true)).ShouldBe("chain-a");

    [Fact]
    public async Task a_chain_that_comes_back_otherwise_waits_for_itself_until_the_response_timeout()
    {
        var call = host.Client.GetGrain<IChainGrain>("dead-a").AskBack("dead-b", allowReentry: false);
        await host.AdvanceUntilAsync(() => call.IsCompleted, host.ResponseTimeout * 3);
        await Should.ThrowAsync<TimeoutException>(() => call);
        (await host.Client.GetGrain<IChainGrain>("dead-a").Name()).ShouldBe("dead-a", "the grain goes on");
    }

    [Fact]
    public async Task stateless_workers_run_side_by_side_up_to_their_number()
    {
        var grain = host.Client.GetGrain<IWorkerGrain>("pool");
        var probe = Probe.Of("pool");
        var calls = Enumerable.Range(0, 4).Select(number => grain.Work($"{number}")).ToArray();
        var begun = Enumerable.Range(0, 4).Select(number => probe.Gate($"{number} begun")).ToList();
        for (var i = 0; i < 3; i++)
        {
            // Any three of them: calls that one caller makes to different workers keep no order.
            begun.Remove(await Task.WhenAny(begun));
        }

        probe.Open("go");
        var workers = await Task.WhenAll(calls);
        workers.Distinct().Count().ShouldBe(3);
        probe.InsideAtOnceMax.ShouldBe(3);
    }
}
