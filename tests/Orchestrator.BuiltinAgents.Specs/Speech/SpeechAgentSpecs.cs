namespace Orchestrator.BuiltinAgents.Specs.Speech;

public sealed class When_speech_is_measured
{
    private const string Agent = "speech-agent";

    [Fact]
    public async Task a_transcript_tells_words_fillers_and_variety_and_a_duration_the_pace()
    {
        var heard = await Asked.For(Agent, new { transcript = "Um the plant, uh, makes sugar. The plant needs light.", durationSeconds = 6 }, "analyze_speech");
        var measures = heard.GetProperty("measures");
        measures.GetProperty("words").GetInt32().ShouldBe(10);
        measures.GetProperty("wordsPerMinute").GetDouble().ShouldBe(100);
        measures.GetProperty("fillers").GetProperty("um").GetInt32().ShouldBe(1);
        measures.GetProperty("fillersPerHundred").GetDouble().ShouldBe(20);
        measures.GetProperty("typeTokenRatio").GetDouble().ShouldBe(0.75);
        measures.TryGetProperty("pauses", out _).ShouldBeFalse();
        heard.GetProperty("reasoning").GetString()!.ShouldContain("pronunciation was not judged");
    }

    [Fact]
    public async Task words_with_times_tell_pauses_and_the_pace()
    {
        var words = new[] { new { text = "one", startMs = 0, endMs = 500 }, new { text = "two", startMs = 1_500, endMs = 1_900 }, new { text = "three", startMs = 2_000, endMs = 3_000 } };
        var measures = (await Asked.For(Agent, new { words }, "analyze_speech")).GetProperty("measures");
        measures.GetProperty("wordsPerMinute").GetDouble().ShouldBe(60);
        measures.GetProperty("pauses").GetProperty("count").GetInt32().ShouldBe(1);
        measures.GetProperty("pauses").GetProperty("longestMs").GetDouble().ShouldBe(1_000);
    }

    [Fact]
    public async Task progress_is_a_line_through_samples_of_the_days_asked_for()
    {
        var samples = Enumerable.Range(0, 4).Select(day => new { at = StoppedClock.Noon.AddDays(-day), transcript = "one two three four", durationSeconds = 4 + day });
        var progress = await Asked.For(Agent, new { samples, days = 3 }, "analyze_speech_progress");
        progress.GetProperty("samples").GetArrayLength().ShouldBe(3);
        progress.GetProperty("change").GetProperty("wordsPerMinute").GetDouble().ShouldBe(10, 0.01);
        (await Asked.For(Agent, new { learnerId = "12345", days = 7 }, "analyze_speech_progress")).GetProperty("known").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"transcript": "a", "durationSeconds": -1}""")]
    [InlineData("""{"words": [{"text": "a", "startMs": 5, "endMs": 1}]}""")]
    public Task what_cannot_be_measured_is_refused(string input) => Asked.Refused(Agent, input, "analyze_speech");
}
