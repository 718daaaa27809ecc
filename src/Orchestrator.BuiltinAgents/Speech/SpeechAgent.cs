using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Analytics;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Speech;

/// <summary>Measures speech by its transcript. It hears nothing: whoever has a recording has it written down first.</summary>
internal sealed class SpeechAgent(TimeProvider clock, BuiltinAgentOptions options) : IAgent
{
    private const int NameLengthMax = 200;
    private const int DaysMax = 365;
    private const double SecondsMax = 24 * 60 * 60;
    private const int SamplesForTrend = 3;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "speech-agent",
        "Measures a transcript: pace, fillers, variety of words, pauses where words have times; and how they changed.",
        Actions: ["analyze_speech", "analyze_speech_progress"],
        Keywords: ["speech", "transcript", "pronunciation", "fluency"],
        Input: """
            analyze_speech: transcript: string | words: [{ text, startMs, endMs }]; durationSeconds?
            analyze_speech_progress: samples: [{ at, transcript, durationSeconds? }] = [], days: integer = 7
            """,
        Output: """
            analyze_speech: measures: { words, wordsPerMinute?, fillers, fillersPerHundred, typeTokenRatio, movingTypeTokenRatio?, wordsPerSentence, pauses? }
            analyze_speech_progress: known, samples: [{ at, … }], change? per day
            reasoning: string
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var answer = request.Action == "analyze_speech_progress" ? Progress(input) : Analyze(input);
        return new(input.Refusal ?? answer);
    }

    private static AgentAnswer Analyze(AgentInput input)
    {
        var timed = input.List("words", (field, element) => TimedWordOf(input, field, element));
        var transcript = timed.IsEmpty ? input.RequiredText("transcript", "text", "content") : string.Join(' ', timed.Select(word => word.Text));
        var seconds = input.Find("durationSeconds") is { } given ? NumberOf(input, "durationSeconds", given, SecondsMax) : null;
        return SpeechMeasures.Of(transcript, timed, seconds) is { } measures
            ? AgentJson.Answer(new
            {
                Known = true,
                Measures = measures,
                Reasoning = $"Measured on {measures.Words} words of the transcript{(measures.WordsPerMinute is null ? "; without times or a duration nothing is known of the pace" : "")}. Sounds are not in a transcript: pronunciation was not judged.",
            })
            : AgentAnswer.Fail(AgentFailures.NothingToDo, "speech-agent found no word in the transcript.");
    }

    private AgentAnswer Progress(AgentInput input)
    {
        var days = input.Integer("days", 7, 1, DaysMax);
        var until = clock.GetUtcNow();
        var samples = input.List("samples", (field, element) => SampleOf(input, field, element))
            .Where(sample => sample.At > until.AddDays(-days) && sample.At <= until).OrderBy(sample => sample.At).ToImmutableArray();
        return AgentJson.Answer(new
        {
            Known = !samples.IsEmpty,
            Days = days,
            Samples = samples,
            Change = samples.Length < SamplesForTrend ? null : new
            {
                WordsPerMinute = Slope(samples, sample => sample.Measures.WordsPerMinute),
                FillersPerHundred = Slope(samples, sample => sample.Measures.FillersPerHundred),
                TypeTokenRatio = Slope(samples, sample => sample.Measures.TypeTokenRatio),
            },
            Reasoning = samples.IsEmpty
                ? $"No transcripts of the last {days} days were handed in, so nothing is known of the speech."
                : $"{samples.Length} transcripts of the last {days} days{(samples.Length < SamplesForTrend ? $"; fewer than {SamplesForTrend} make no trend" : "; changes are per day, by least squares")}.",
        });
    }

    private static double? Slope(ImmutableArray<Sample> samples, Func<Sample, double?> measure)
    {
        var points = samples.Where(sample => measure(sample) is not null).Select(sample => ((sample.At - samples[0].At).TotalDays, measure(sample)!.Value)).ToList();
        return points.Count >= SamplesForTrend && Statistics.LeastSquares(points) is { } trend ? Math.Round(trend.Slope, 4) : null;
    }

    private static TimedWord? TimedWordOf(AgentInput input, string field, JsonElement element)
    {
        const double MsMax = SecondsMax * 1_000;
        var text = AgentInput.Member(element, "text") is { } said ? input.TextOf(field + ".text", said, NameLengthMax) : null;
        var start = AgentInput.Member(element, "startMs") is { } from ? NumberOf(input, field + ".startMs", from, MsMax) : null;
        var end = AgentInput.Member(element, "endMs") is { } to ? NumberOf(input, field + ".endMs", to, MsMax) : null;
        if (text is null || start is null || end < start || end is null)
        {
            input.Complain($"'{field}'", "{ text, startMs, endMs } with startMs not after endMs", AgentInput.Describe(element));
            return null;
        }

        return new TimedWord(text, start.Value, end.Value);
    }

    private static Sample? SampleOf(AgentInput input, string field, JsonElement element)
    {
        var transcript = AgentInput.Member(element, "transcript") is { } said ? input.TextOf(field + ".transcript", said, input.Options.TextLengthMax) : null;
        var time = AgentInput.Member(element, "at") is { } at ? input.TextOf(field + ".at", at, NameLengthMax) : null;
        var seconds = AgentInput.Member(element, "durationSeconds") is { } given ? NumberOf(input, field + ".durationSeconds", given, SecondsMax) : null;
        if (transcript is null || !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var when))
        {
            input.Complain($"'{field}'", "{ at, transcript }", AgentInput.Describe(element));
            return null;
        }

        if (SpeechMeasures.Of(transcript, [], seconds) is { } measures)
        {
            return new Sample(when, measures);
        }

        input.Complain($"'{field}.transcript'", "a text with at least one word", "none");
        return null;
    }

    private static double? NumberOf(AgentInput input, string field, JsonElement value, double max)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= 0 && number <= max)
        {
            return number;
        }

        input.Complain($"'{field}'", $"a number from 0 to {max:0}", AgentInput.Describe(value));
        return null;
    }

    private sealed record Sample(DateTimeOffset At, SpeechMeasures Measures);
}
