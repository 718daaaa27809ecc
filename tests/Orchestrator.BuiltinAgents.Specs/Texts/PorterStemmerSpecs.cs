using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Specs.Texts;

/// <summary>The examples that the paper gives for each step, carried through all steps where the paper shows one alone.</summary>
public sealed class When_a_word_is_stemmed
{
    [Theory]
    [InlineData("caresses", "caress")] // 1a
    [InlineData("ponies", "poni")]
    [InlineData("ties", "ti")]
    [InlineData("caress", "caress")]
    [InlineData("cats", "cat")]
    [InlineData("feed", "feed")] // 1b
    [InlineData("agreed", "agre")]
    [InlineData("plastered", "plaster")]
    [InlineData("bled", "bled")]
    [InlineData("motoring", "motor")]
    [InlineData("sing", "sing")]
    [InlineData("conflated", "conflat")]
    [InlineData("troubled", "troubl")]
    [InlineData("sized", "size")]
    [InlineData("hopping", "hop")]
    [InlineData("tanned", "tan")]
    [InlineData("falling", "fall")]
    [InlineData("hissing", "hiss")]
    [InlineData("fizzed", "fizz")]
    [InlineData("failing", "fail")]
    [InlineData("filing", "file")]
    [InlineData("happy", "happi")] // 1c
    [InlineData("sky", "sky")]
    [InlineData("relational", "relat")] // 2
    [InlineData("conditional", "condit")]
    [InlineData("rational", "ration")]
    [InlineData("digitizer", "digit")]
    [InlineData("vietnamization", "vietnam")]
    [InlineData("feudalism", "feudal")]
    [InlineData("hopefulness", "hope")]
    [InlineData("sensibiliti", "sensibl")]
    [InlineData("triplicate", "triplic")] // 3
    [InlineData("formalize", "formal")]
    [InlineData("electrical", "electr")]
    [InlineData("goodness", "good")]
    [InlineData("revival", "reviv")] // 4
    [InlineData("allowance", "allow")]
    [InlineData("airliner", "airlin")]
    [InlineData("adjustment", "adjust")]
    [InlineData("replacement", "replac")]
    [InlineData("adoption", "adopt")]
    [InlineData("homologou", "homolog")]
    [InlineData("bowdlerize", "bowdler")]
    [InlineData("probate", "probat")] // 5
    [InlineData("rate", "rate")]
    [InlineData("cease", "ceas")]
    [InlineData("controll", "control")]
    [InlineData("roll", "roll")]
    [InlineData("generalizations", "gener")] // the paper's closing example
    [InlineData("oscillators", "oscil")]
    public void it_gets_the_stem_of_the_paper(string word, string stem) => PorterStemmer.Stem(word).ShouldBe(stem);

    [Fact]
    public void the_paper_s_five_connections_meet() =>
        new[] { "connect", "connected", "connecting", "connection", "connections" }.Select(PorterStemmer.Stem).Distinct().ShouldBe(["connect"]);

    [Theory]
    [InlineData("co2")]
    [InlineData("straße")]
    [InlineData("is")]
    [InlineData("")]
    public void what_the_paper_does_not_cover_stays_as_it_is(string word) => PorterStemmer.Stem(word).ShouldBe(word);

    [Fact]
    public void no_word_is_too_strange()
    {
        PorterStemmer.Stem(new string('y', 10_000)).Length.ShouldBe(10_000);
        PorterStemmer.Stem("ing").ShouldBe("ing");
        PorterStemmer.Stem("eed").ShouldBe("eed");
        PorterStemmer.Stem("ion").ShouldBe("ion");
    }
}
