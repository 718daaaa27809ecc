using System.Collections.Immutable;
using System.Globalization;

namespace Orchestrator.BuiltinAgents.Quality;

/// <summary>Advice to a writer, with the measure it rests on.</summary>
internal sealed record Suggestion(string Code, string Message);

/// <summary>Says what the measures of a text mean for its writer.</summary>
internal static class QualityAdvice
{
    /// <summary>Over this share of long sentences a text is tiring.</summary>
    private const double LongShareMax = 0.15;

    /// <summary>Over this share of complex words, which alone gives a fog index of six.</summary>
    private const double ComplexShareMax = 0.15;

    /// <summary>Under this moving ratio the same few words come again and again; English prose lies between about 0.7 and 0.85.</summary>
    private const double VarietyMin = 0.6;

    /// <summary>The sentences that McLaughlin's formula was fitted to.</summary>
    private const int SmogSentences = 30;

    public static ImmutableArray<Suggestion> For(TextMeasures measures, int gradeMax)
    {
        var advice = ImmutableArray.CreateBuilder<Suggestion>();
        var counts = measures.Counts;
        if (counts.FleschKincaidGrade > gradeMax)
        {
            advice.Add(new("grade_too_high", Say(
                $"The text reads at grade {counts.FleschKincaidGrade:0.0}, above the grade {gradeMax} aimed at: shorten sentences and choose shorter words.")));
        }

        if (measures.Lengths.LongShare > LongShareMax)
        {
            advice.Add(new("long_sentences", Say(
                $"{measures.Lengths.LongShare:0%} of the sentences have more than {TextMeasures.LongSentenceWords} words (the longest has {measures.Lengths.Longest}): cut them in two.")));
        }

        var complexShare = (double)counts.ComplexWords / counts.Words;
        if (complexShare > ComplexShareMax)
        {
            advice.Add(new("complex_words", Say(
                $"{complexShare:0%} of the words have three syllables or more: explain them, or say it in plainer ones.")));
        }

        if (counts.Words >= 100 && measures.MovingTypeTokenRatio < VarietyMin)
        {
            advice.Add(new("repetitive", Say(
                $"In fifty words only {measures.MovingTypeTokenRatio * 50:0} differ on average: vary the wording, or leave repetitions out.")));
        }

        return advice.DrainToImmutable();
    }

    /// <summary>What keeps the measures from being taken at their word.</summary>
    public static ImmutableArray<string> Caveats(TextMeasures measures, string language)
    {
        var caveats = ImmutableArray.CreateBuilder<string>();
        if (language != "en")
        {
            caveats.Add($"The formulas were made for English; this text seems to be in another language ({language}).");
        }

        if (measures.Counts.Sentences < SmogSentences)
        {
            caveats.Add($"SMOG was made for {SmogSentences} sentences or more; this text has {measures.Counts.Sentences}.");
        }

        return caveats.DrainToImmutable();
    }

    private static string Say(FormattableString message) => message.ToString(CultureInfo.InvariantCulture);
}
