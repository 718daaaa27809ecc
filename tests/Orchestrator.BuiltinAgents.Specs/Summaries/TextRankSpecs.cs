using FsCheck;
using FsCheck.Fluent;
using Orchestrator.BuiltinAgents.Summaries;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Specs.Summaries;

public sealed class When_sentences_are_ranked
{
    [Fact]
    public void the_scores_are_those_of_the_formula()
    {
        // B shares one stem with A and one with C; A and C share none. Each has two content words, so both weights are 1 / (2 ln 2) and
        // every neighbour of B gives it all of its score: a = 0.15 + 0.85 b / 2, b = 0.15 + 0.85 (a + c), a = c.
        // b = 0.15 + 1.7 (0.15 + 0.425 b) = 0.405 + 0.7225 b, so b = 0.405 / 0.2775 = 1.45946 and a = 0.15 + 0.425 b = 0.77027.
        var scores = TextRank.Score(Sentence.AllOf("Green leaves. Leaves grow. Trees grow."), CancellationToken.None);

        scores[0].ShouldBe(0.77027, 1e-4);
        scores[1].ShouldBe(1.45946, 1e-4);
        scores[2].ShouldBe(0.77027, 1e-4);
    }

    [Fact]
    public void sentences_that_share_nothing_keep_the_order_of_the_text() =>
        TextRank.Best(Sentence.AllOf("Apples fall. Bridges stand. Clouds drift."), 2, blockMax: 10, CancellationToken.None)
            .Select(ranked => ranked.Sentence.Text).ShouldBe(["Apples fall.", "Bridges stand."]);

    [Fact]
    public void the_sentence_that_repeats_the_others_wins()
    {
        const string text = "Plants need light. Plants need water. Plants need light and water to grow. My uncle has a red car.";
        TextRank.Best(Sentence.AllOf(text), 1, blockMax: 10, CancellationToken.None)[0].Sentence.Text.ShouldBe("Plants need light and water to grow.");
    }

    [Fact]
    public void a_text_longer_than_a_block_still_gives_what_was_asked_for()
    {
        var text = string.Join(' ', Enumerable.Range(0, 500).Select(number => $"Sentence {number} speaks of topic{number % 7} and of topic{number % 11}."));
        var best = TextRank.Best(Sentence.AllOf(text), 5, blockMax: 20, CancellationToken.None);

        best.Length.ShouldBe(5);
        best.Select(ranked => ranked.Sentence.Index).ShouldBeInOrder();
        best.ShouldAllBe(ranked => text.Contains(ranked.Sentence.Text));
    }

    [Fact]
    public void a_caller_who_stopped_waiting_is_heard()
    {
        using var gone = new CancellationTokenSource();
        gone.Cancel();
        Should.Throw<OperationCanceledException>(() => TextRank.Score(Sentence.AllOf("One thing. Another thing."), gone.Token));
    }

    [Fact]
    public void scores_are_finite_and_the_summary_is_a_part_of_the_text_whatever_it_is() =>
        Prop.ForAll(Gen.Elements("sun", "leaf", "the", "a", ".", "!", "\n\n", "Water", "42", "光", "é", "?!", "Dr.").ListOf().ToArbitrary(), pieces =>
        {
            var sentences = Sentence.AllOf(string.Join(' ', pieces));
            var texts = sentences.Select(sentence => sentence.Text).ToHashSet();
            return TextRank.Best(sentences, 3, blockMax: 10, CancellationToken.None)
                .All(ranked => double.IsFinite(ranked.Score) && texts.Contains(ranked.Sentence.Text));
        }).QuickCheckThrowOnFailure();
}
