using Orchestrator.BuiltinAgents.Quality;

namespace Orchestrator.BuiltinAgents.Specs.Quality;

/// <summary>Syllables counted by ear.</summary>
public sealed class When_syllables_are_counted
{
    [Theory]
    [InlineData("cat", 1)]
    [InlineData("the", 1)]
    [InlineData("make", 1)]
    [InlineData("makes", 1)]
    [InlineData("whole", 1)]
    [InlineData("table", 2)]
    [InlineData("tables", 2)]
    [InlineData("boxes", 2)]
    [InlineData("places", 2)]
    [InlineData("jumped", 1)]
    [InlineData("wanted", 2)]
    [InlineData("agreed", 2)]
    [InlineData("energy", 3)]
    [InlineData("photosynthesis", 5)]
    [InlineData("chlorophyll", 3)]
    [InlineData("prism", 2)]
    [InlineData("rhythm", 2)]
    [InlineData("giant", 2)]
    [InlineData("science", 2)]
    [InlineData("create", 2)]
    [InlineData("creature", 2)]
    [InlineData("didn’t", 2)]
    [InlineData("can't", 1)]
    [InlineData("light-dependent", 4)]
    [InlineData("café", 2)]
    [InlineData("42", 1)]
    [InlineData("nth", 1)]
    public void a_word_has_as_many_as_one_hears(string word, int syllables) => SyllableCounter.Count(word).ShouldBe(syllables);
}
