using System.Collections.Immutable;

namespace Orchestrator.BuiltinAgents.Texts;

/// <summary>A sentence with its words and their stems, found once for all who look at them.</summary>
/// <param name="Index">Its place among the sentences of the text, from 0.</param>
/// <param name="Stems">A stem for each word, in the same order.</param>
internal sealed record Sentence(int Index, string Text, ImmutableArray<Word> Words, ImmutableArray<string> Stems)
{
    public static ImmutableArray<Sentence> AllOf(string text)
    {
        // A text has far fewer different words than words.
        var stems = new Dictionary<string, string>(StringComparer.Ordinal);
        return [.. SentenceSplitter.Split(text).Select((sentence, index) => Of(index, sentence, stems)).Where(sentence => !sentence.Words.IsEmpty)];
    }

    private static Sentence Of(int index, string sentence, Dictionary<string, string> stems)
    {
        var words = Tokenizer.Words(sentence).ToImmutableArray();
        return new Sentence(index, sentence, words, [.. words.Select(StemOf)]);

        string StemOf(Word word)
        {
            if (!stems.TryGetValue(word.Lower, out var stem))
            {
                stems.Add(word.Lower, stem = PorterStemmer.Stem(word.Lower));
            }

            return stem;
        }
    }
}
