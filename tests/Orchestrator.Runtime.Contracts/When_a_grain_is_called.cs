using Orchestrator.Runtime.Contracts.Grains;
using Orchestrator.Runtime.Contracts.Hosts;

namespace Orchestrator.Runtime.Contracts;

public sealed class When_a_grain_is_called(RuntimeHost host) : IClassFixture<RuntimeHost>
{
    [Fact]
    public async Task it_remembers_between_calls_and_apart_from_other_keys()
    {
        var ann = host.Client.GetGrain<IParcelGrain>("remember-ann");
        await ann.Add(2);
        (await ann.AddAndGet(3)).ShouldBe(5);
        (await host.Client.GetGrain<IParcelGrain>("remember-ann").Count()).ShouldBe(5);
        (await host.Client.GetGrain<IParcelGrain>("remember-bob").Count()).ShouldBe(0);
        await ann.Reset();
        (await ann.Count()).ShouldBe(0);
    }

    [Fact]
    public async Task an_immutable_message_arrives_uncopied()
    {
        var parcel = new Parcel("books", [1, 2, 3]);
        (await host.Client.GetGrain<IParcelGrain>("echo").Echo(parcel)).ShouldBeSameAs(parcel);
    }

    [Fact]
    public async Task the_exception_of_its_method_reaches_the_caller_with_type_and_message()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("fails");
        (await Should.ThrowAsync<InvalidOperationException>(() => grain.Fail("later"))).Message.ShouldBe("later");
        (await Should.ThrowAsync<ArgumentException>(() => grain.FailAtOnce("at once").AsTask())).Message.ShouldBe("at once");
        (await grain.Count()).ShouldBe(0, "a failed call does not end the activation");
    }

    [Fact]
    public async Task its_identity_is_the_class_name_without_Grain_and_the_key() =>
        (await host.Client.GetGrain<IParcelGrain>("a/b").WhoAmI()).ShouldBe("parcel/a/b");

    [Fact]
    public async Task a_thousand_concurrent_calls_are_all_counted()
    {
        var grain = host.Client.GetGrain<IParcelGrain>("thousand");
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => grain.Add(1)));
        (await grain.Count()).ShouldBe(1_000);
        Probe.Of("thousand").InsideAtOnceMax.ShouldBe(1);
    }
}
