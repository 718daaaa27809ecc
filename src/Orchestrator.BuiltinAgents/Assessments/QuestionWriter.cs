using System.Collections.Frozen;
using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.KeyTerms;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Assessments;

/// <summary>Which kinds of questions are wanted.</summary>
internal enum QuestionKinds
{
    Mixed,
    MultipleChoice,
    Cloze,
}

/// <summary>Writes questions about a text.</summary>
/// <remarks>
/// A question is a sentence with a key term taken out: Taylor, "Cloze procedure", Journalism Quarterly 30, 1953. Wrong options are other key
/// terms of the same text, those of the same shape first, as Mitkov and Ha, "Computer-aided generation of multiple-choice tests",
/// 2003, choose them for likeness. The same text and seed give the same questions.
/// </remarks>
internal static class QuestionWriter
{
    // Shorter sentences say too little to ask about; longer ones hide the gap.
    private const int WordsMin = 6;
    private const int WordsMax = 40;
    private const int DistractorsMin = 2;

    // A sentence that begins so leans on the one before it.
    private static readonly FrozenSet<string> LeaningStarts = FrozenSet.Create(
        StringComparer.Ordinal, "it", "its", "this", "that", "these", "those", "they", "their", "he", "she", "his", "her", "such", "but", "so", "then", "and", "or");

    public static ImmutableArray<Question> Write(
        ImmutableArray<Sentence> sentences, ImmutableArray<Concept> concepts, QuestionKinds kinds, int count, int optionCount, ulong seed)
    {
        var chance = new SplitMix64(seed);
        var gaps = Gaps(sentences, concepts, count);
        var questions = ImmutableArray.CreateBuilder<Question>(gaps.Count);
        foreach (var (concept, place) in gaps)
        {
            var wantsOptions = kinds == QuestionKinds.MultipleChoice || (kinds == QuestionKinds.Mixed && questions.Count % 2 == 0);
            questions.Add(Ask(sentences[place.Sentence], place, concept, wantsOptions ? Distractors(concept, sentences[place.Sentence], concepts, optionCount - 1, chance) : [], chance));
        }

        return questions.DrainToImmutable();
    }

    // Each concept is asked for once, each sentence used once, the weightiest concepts first; then the questions follow the text.
    private static List<(Concept Concept, ConceptPlace Place)> Gaps(ImmutableArray<Sentence> sentences, ImmutableArray<Concept> concepts, int count)
    {
        var usable = sentences.Select(IsUsable).ToArray();
        var placesBySentence = concepts.SelectMany(concept => concept.Places).ToLookup(place => place.Sentence);
        var gaps = new List<(Concept Concept, ConceptPlace Place)>();
        foreach (var concept in concepts)
        {
            var here = concept.Places
                .Where(place => usable[place.Sentence] && StandsAlone(concept, place, sentences[place.Sentence], placesBySentence[place.Sentence]))
                .Select(place => (ConceptPlace?)place)
                .FirstOrDefault();
            if (here is { } gap && gaps.Count < count)
            {
                usable[gap.Sentence] = false;
                gaps.Add((concept, gap));
            }
        }

        return [.. gaps.OrderBy(gap => gap.Place.Sentence)];
    }

    private static bool IsUsable(Sentence sentence) =>
        sentence.Words.Length is >= WordsMin and <= WordsMax
        && !LeaningStarts.Contains(sentence.Words[0].Lower)
        && !sentence.Text.Contains(Question.Gap, StringComparison.Ordinal);

    // Not where another word of the sentence gives the answer away, and not inside a longer term, which would be left as a stump.
    private static bool StandsAlone(Concept concept, ConceptPlace place, Sentence sentence, IEnumerable<ConceptPlace> others) =>
        sentence.Stems.Where((stem, index) => index < place.FirstWord || index >= place.FirstWord + place.WordCount).All(stem => !concept.Stems.Contains(stem))
        && !others.Any(other => other.WordCount > place.WordCount && other.FirstWord <= place.FirstWord
            && other.FirstWord + other.WordCount >= place.FirstWord + place.WordCount);

    private static Question Ask(Sentence sentence, ConceptPlace place, Concept concept, ImmutableArray<string> distractors, SplitMix64 chance)
    {
        var start = sentence.Words[place.FirstWord].Start;
        var end = sentence.Words[place.FirstWord + place.WordCount - 1].End;
        var asWritten = sentence.Text[start..end];
        // The capital of a sentence's first word is the sentence's, and would tell the answer from the other options.
        var answer = place.FirstWord == 0 && char.IsLower(concept.Text[0]) ? char.ToLowerInvariant(asWritten[0]) + asWritten[1..] : asWritten;
        var prompt = string.Concat(sentence.Text.AsSpan(0, start), Question.Gap, sentence.Text.AsSpan(end));
        var wrong = distractors.Where(distractor => !string.Equals(distractor, answer, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (wrong.Length < DistractorsMin)
        {
            return new Question(prompt, [], answer, sentence.Text);
        }

        string[] options = [answer, .. wrong];
        chance.Shuffle(options);
        return new Question(prompt, [.. options], answer, sentence.Text);
    }

    private static ImmutableArray<string> Distractors(
        Concept answer, Sentence sentence, ImmutableArray<Concept> concepts, int count, SplitMix64 chance)
    {
        // What the sentence itself speaks of, be it in part of a word, could be right as well.
        var others = concepts
            .Where(other => !other.Stems.Intersect(answer.Stems).Any()
                && !other.Stems.Intersect(sentence.Stems).Any()
                && !sentence.Text.Contains(other.Text, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        chance.Shuffle(others);
        return
        [
            .. others
                .OrderByDescending(other => Likeness(other.Text, answer.Text))
                .Select(other => other.Text)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Take(count),
        ];
    }

    // Of the same number of words, written as a name or an abbreviation or neither, in the singular or plural: nothing but knowledge tells them apart.
    private static int Likeness(string one, string other) =>
        (one.Count(char.IsWhiteSpace) == other.Count(char.IsWhiteSpace) ? 4 : 0)
        + (char.IsUpper(one[0]) == char.IsUpper(other[0]) ? 2 : 0)
        + (one.All(char.IsUpper) == other.All(char.IsUpper) ? 2 : 0)
        + (one.EndsWith('s') == other.EndsWith('s') ? 1 : 0);
}
