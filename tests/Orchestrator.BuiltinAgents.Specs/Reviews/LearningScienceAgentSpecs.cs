using System.Text.Json;

namespace Orchestrator.BuiltinAgents.Specs.Reviews;

public sealed class When_a_study_calendar_is_planned
{
    [Fact]
    public async Task reviews_fall_on_the_days_of_the_intervals()
    {
        // Studied on 1 March 2024, then after 1, 6, 15, 38 days: 2, 8, 23 March, 30 April.
        var output = await Asked.For("learning_science_agent", new { items = new[] { "stoma" }, startDate = "2024-03-01", reviews = 4 });
        Dates(output).ShouldBe(["2024-03-01", "2024-03-02", "2024-03-08", "2024-03-23", "2024-04-30"]);
        output.GetProperty("endDate").GetString().ShouldBe("2024-04-30");
        Sessions(output).Select(session => session.GetProperty("review").GetInt32()).ShouldBe([0, 1, 2, 3, 4]);
        Sessions(output).Select(session => session.GetProperty("activity").GetString()).ShouldBe(["study", "cued_recall", "recall", "free_recall", "explain"]);
    }

    [Fact]
    public async Task without_a_start_it_starts_on_the_clock_s_day() =>
        (await Asked.For("learning_science_agent", new { items = new[] { "stoma" } })).GetProperty("startDate").GetString().ShouldBe("2025-03-10");

    [Fact]
    public async Task new_items_are_spread_over_days()
    {
        var output = await Asked.For("learning_science_agent", new { items = new[] { "a", "b", "c" }, startDate = "2024-03-01", newPerDay = 2, reviews = 1 });
        Dates(output).ShouldBe(["2024-03-01", "2024-03-02", "2024-03-03"]);
        // The third item is new on the day the first two are reviewed.
        output.GetProperty("calendar")[1].GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("term").GetString()).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task earlier_grades_set_the_interval_to_come()
    {
        // After grades 4 and 4 the interval is 6 days, then 15.
        var output = await Asked.For("learning_science_agent", new { items = new[] { new { term = "a", grades = new[] { 4, 4 } } }, startDate = "2024-03-01", reviews = 2 });
        Dates(output).ShouldBe(["2024-03-07", "2024-03-22"]);
        Sessions(output).Select(session => session.GetProperty("review").GetInt32()).ShouldBe([3, 4]);
    }

    [Fact]
    public async Task the_sentence_of_a_term_becomes_a_gap_to_fill()
    {
        var output = await Asked.For("learning_science_agent", new { items = new[] { new { term = "stroma", sentence = "The liquid is the Stroma." } }, reviews = 2 });
        Sessions(output).Last().GetProperty("prompt").GetString().ShouldBe("Fill the gap: The liquid is the _____.");
    }

    [Fact]
    public async Task a_text_gives_its_own_terms() =>
        (await Asked.For("learning_science_agent", new { text = Lesson.Markdown })).GetProperty("itemCount").GetInt32().ShouldBe(12);

    [Theory]
    [InlineData("""{"items": "a"}""", "'items': expected a list, found the string 'a'")]
    [InlineData("""{"items": [""]}""", "'items[0]': expected a term, found an empty string")]
    [InlineData("""{"items": [{"term": "a", "grades": [6]}]}""", "'items[0].grades': expected a list of at most 100 whole numbers from 0 to 5")]
    [InlineData("""{"items": ["a"], "startDate": "2024-02-30"}""", "'startDate': expected a date like 2025-09-01")]
    [InlineData("""{"items": ["a"], "startDate": "01/02/2024"}""", "'startDate': expected a date like 2025-09-01")]
    [InlineData("""{"items": ["a"], "startDate": "9999-12-31"}""", "'startDate': expected a date like 2025-09-01")]
    public async Task an_input_it_cannot_read_is_refused(string json, string said) => (await Asked.Refused("learning_science_agent", json)).ShouldContain(said);

    [Fact]
    public async Task the_farthest_plan_stays_on_the_calendar() =>
        (await Asked.For("learning_science_agent", new { items = new[] { "a" }, startDate = "2999-12-31", reviews = 12, grade = 5 })).GetProperty("sessionCount").GetInt32().ShouldBe(13);

    private static IEnumerable<string?> Dates(JsonElement output) => output.GetProperty("calendar").EnumerateArray().Select(day => day.GetProperty("date").GetString());

    private static IEnumerable<JsonElement> Sessions(JsonElement output) => output.GetProperty("calendar").EnumerateArray().SelectMany(day => day.GetProperty("sessions").EnumerateArray());
}
