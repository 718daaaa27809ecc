using System.Collections.Immutable;
using Orchestrator.BuiltinAgents.Texts;

namespace Orchestrator.BuiltinAgents.Speech;

/// <summary>A word and when it was said.</summary>
internal sealed record TimedWord(string Text, double StartMs, double EndMs);

/// <summary>What can be measured of speech by its transcript. What needs a sound recording, such as pronunciation, is not among it.</summary>
/// <param name="WordsPerMinute">Null where nothing says how long it took.</param>
/// <param name="Fillers">Sounds and words that fill time, by word.</param>
/// <param name="TypeTokenRatio">Different words over words; it falls with the length of a text whoever speaks.</param>
/// <param name="MovingTypeTokenRatio">The mean over windows of fifty words, which does not: Covington and McFall, "Cutting the Gordian knot", Journal of Quantitative Linguistics 17, 2010. Null under fifty words.</param>
/// <param name="Pauses">Null where words have no times.</param>
internal sealed record SpeechMeasures(
    int Words,
    double? WordsPerMinute,
    ImmutableSortedDictionary<string, int> Fillers,
    double FillersPerHundred,
    double TypeTokenRatio,
    double? MovingTypeTokenRatio,
    double WordsPerSentence,
    PauseMeasures? Pauses)
{
    private const int Window = 50;

    /// <summary>Silence from a quarter of a second on counts as a pause: Goldman-Eisler, "Psycholinguistics", 1968.</summary>
    private const double PauseMsMin = 250;

    /// <summary>English ones. "like" and "so" are words more often than fillers and are left alone.</summary>
    private static readonly ImmutableArray<string> FillerWords = ["ah", "eh", "er", "erm", "hm", "hmm", "mm", "uh", "uhm", "um"];

    /// <summary>Null when there is no word in it.</summary>
    public static SpeechMeasures? Of(string transcript, ImmutableArray<TimedWord> timed, double? seconds)
    {
        var all = Tokenizer.Words(transcript).Where(word => word.HasLetter).Select(word => word.Lower).ToList();
        if (all.Count == 0)
        {
            return null;
        }

        var fillers = all.Where(word => FillerWords.Contains(word)).GroupBy(word => word, StringComparer.Ordinal).ToImmutableSortedDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        var words = all.Where(word => !FillerWords.Contains(word)).ToList();
        var span = seconds ?? (timed.IsEmpty ? null : (timed.Max(word => word.EndMs) - timed.Min(word => word.StartMs)) / 1_000);
        return new SpeechMeasures(
            all.Count,
            span > 0 ? Math.Round(all.Count / span.Value * 60, 1) : null,
            fillers,
            Math.Round(100.0 * fillers.Values.Sum() / all.Count, 1),
            words.Count == 0 ? 0 : Math.Round((double)words.Distinct(StringComparer.Ordinal).Count() / words.Count, 3),
            Moving(words),
            Math.Round((double)all.Count / Math.Max(1, Sentence.AllOf(transcript).Length), 1),
            timed.IsEmpty ? null : PausesOf(timed));
    }

    private static double? Moving(List<string> words)
    {
        if (words.Count < Window)
        {
            return null;
        }

        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        long sum = 0;
        for (var i = 0; i < words.Count; i++)
        {
            counts[words[i]] = counts.GetValueOrDefault(words[i]) + 1;
            if (i >= Window && --counts[words[i - Window]] == 0)
            {
                counts.Remove(words[i - Window]);
            }

            sum += i >= Window - 1 ? counts.Count : 0;
        }

        return Math.Round((double)sum / (words.Count - Window + 1) / Window, 3);
    }

    private static PauseMeasures PausesOf(ImmutableArray<TimedWord> words)
    {
        var inOrder = words.OrderBy(word => word.StartMs).ToList();
        var pauses = inOrder.Zip(inOrder.Skip(1), (before, after) => after.StartMs - before.EndMs).Where(gap => gap >= PauseMsMin).ToList();
        return new PauseMeasures(pauses.Count, Math.Round(pauses.DefaultIfEmpty(0).Average()), Math.Round(pauses.DefaultIfEmpty(0).Max()));
    }
}

internal sealed record PauseMeasures(int Count, double MeanMs, double LongestMs);
