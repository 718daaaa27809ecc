using Orchestrator.BuiltinAgents.Assessments;

namespace Orchestrator.BuiltinAgents.Specs.Assessments;

public sealed class When_chance_is_seeded
{
    [Fact]
    public void the_numbers_are_those_of_the_published_generator()
    {
        // The first three of the reference implementation (Vigna, splitmix64.c) for the seed 1234567, as listed by Rosetta Code.
        var chance = new SplitMix64(1234567);
        new[] { chance.Next(), chance.Next(), chance.Next() }.ShouldBe([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL]);
    }

    [Fact]
    public void a_shuffle_keeps_what_it_shuffles()
    {
        int[] items = [.. Enumerable.Range(0, 50)];
        new SplitMix64(7).Shuffle(items);
        items.ShouldNotBe(Enumerable.Range(0, 50));
        items.Order().ShouldBe(Enumerable.Range(0, 50));
    }
}
