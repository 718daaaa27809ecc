using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_a_grain_keeps_state(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    private async Task<int> Left(ILedgerGrain grain)
    {
        var activation = await grain.Activation();
        await grain.Leave();
        return activation;
    }

    [Fact]
    public async Task what_it_wrote_is_there_for_the_next_activation_and_what_it_did_not_is_gone()
    {
        var grain = host.Client.GetGrain<ILedgerGrain>("kept");
        await grain.Add(7);
        await grain.AddUnsaved(1);
        var before = await Left(grain);
        (await grain.Total()).ShouldBe(7);
        (await grain.Activation()).ShouldNotBe(before);
    }

    [Fact]
    public async Task it_is_read_before_OnActivateAsync()
    {
        var grain = host.Client.GetGrain<ILedgerGrain>("read-first");
        await grain.Add(3);
        await Left(grain);
        await grain.Total();
        Probe.Of("read-first").Diary.ShouldBe(["activated with 0", "deactivated: ApplicationRequested", "activated with 3"]);
    }

    [Fact]
    public async Task reading_again_forgets_what_was_not_saved()
    {
        var grain = host.Client.GetGrain<ILedgerGrain>("reread");
        await grain.Add(2);
        await grain.AddUnsaved(40);
        await grain.Reload();
        (await grain.Total()).ShouldBe(2);
    }

    [Fact]
    public async Task clearing_removes_the_record_and_a_write_makes_a_new_one()
    {
        var grain = host.Client.GetGrain<ILedgerGrain>("cleared");
        (await grain.IsStored()).ShouldBeFalse();
        await grain.Add(2);
        (await grain.IsStored()).ShouldBeTrue();
        await grain.Clear();
        (await grain.IsStored()).ShouldBeFalse();
        await Left(grain);
        (await grain.Total()).ShouldBe(0);
        (await grain.Add(5)).ShouldBe(5);
    }

    [Fact]
    public async Task a_conflict_reaches_the_caller_and_the_next_activation_reads_what_the_other_wrote()
    {
        var grain = host.Client.GetGrain<IMirrorGrain>("conflict");
        var before = await grain.Activation();
        (await grain.WriteBoth(1)).ShouldBe("first wrote, second was refused");
        await Should.ThrowAsync<InconsistentStateException>(() => grain.WriteSecond(5));
        (await grain.Second()).ShouldBe(1);
        (await grain.Activation()).ShouldNotBe(before);
    }
}
