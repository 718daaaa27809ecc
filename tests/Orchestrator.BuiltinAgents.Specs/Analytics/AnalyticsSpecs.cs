using FsCheck;
using FsCheck.Fluent;
using Orchestrator.BuiltinAgents.Analytics;

namespace Orchestrator.BuiltinAgents.Specs.Analytics;

public sealed class When_numbers_are_described
{
    [Fact]
    public void the_measures_are_those_counted_by_hand()
    {
        // Sum 40, mean 5, squared distances 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 7. Percentiles lie at 0.25 × 7 = 1.75 (4), 3.5 (4.5), 5.25 (5.5), 6.3 (7.6).
        var summary = Statistics.Summarize([9, 4, 5, 2, 4, 7, 5, 4]);

        summary.Count.ShouldBe(8);
        summary.Sum.ShouldBe(40);
        summary.Mean.ShouldBe(5, 1e-12);
        summary.StandardDeviation!.Value.ShouldBe(Math.Sqrt(32 / 7.0), 1e-12);
        (summary.Min, summary.Median, summary.Max).ShouldBe((2, 4.5, 9));
        (summary.P25, summary.P75).ShouldBe((4, 5.5));
        summary.P90.ShouldBe(7.6, 1e-12);
    }

    [Fact]
    public void a_large_mean_does_not_drown_a_small_spread() =>
        // The standard trap of the naive formula: the deviation of 1, 2, 3 is 1 wherever they lie.
        Statistics.Summarize([1e9 + 1, 1e9 + 2, 1e9 + 3]).StandardDeviation!.Value.ShouldBe(1, 1e-6);

    [Fact]
    public void the_line_is_the_least_squares_line()
    {
        // Points (0, 1), (1, 3), (2, 2): means 1 and 2, sum of products 1, spread of x 2, of y 2: slope 0.5, intercept 1.5, r² = 1 / 4.
        var trend = Statistics.LeastSquares([(0, 1), (1, 3), (2, 2)])!;
        trend.Slope.ShouldBe(0.5, 1e-12);
        trend.Intercept.ShouldBe(1.5, 1e-12);
        trend.RSquared!.Value.ShouldBe(0.25, 1e-12);
    }

    [Fact]
    public void points_one_above_the_other_have_no_line_and_equal_ones_no_share_explained()
    {
        Statistics.LeastSquares([(1, 1), (1, 2)]).ShouldBeNull();
        Statistics.LeastSquares([(1, 1)]).ShouldBeNull();
        Statistics.LeastSquares([(0, 5), (1, 5)])!.RSquared.ShouldBeNull();
    }

    [Fact]
    public void percentiles_rise_between_the_least_and_the_greatest_whatever_the_numbers() =>
        Prop.ForAll(Gen.Choose(-1_000, 1_000).NonEmptyListOf().ToArbitrary(), numbers =>
        {
            var summary = Statistics.Summarize([.. numbers.Select(number => (double)number)]);
            double[] rising = [summary.Min, summary.P25, summary.Median, summary.P75, summary.P90, summary.P95, summary.P99, summary.Max];
            return rising.SequenceEqual(rising.Order()) && summary.Mean >= summary.Min - 1e-9 && summary.Mean <= summary.Max + 1e-9;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task the_agent_describes_values_with_their_trend()
    {
        var output = await Asked.For("analytics_agent", new { values = new[] { 1, 3, 2 } }, action: "track_analytics");
        output.GetProperty("summary").GetProperty("mean").GetDouble().ShouldBe(2);
        output.GetProperty("trend").GetProperty("slope").GetDouble().ShouldBe(0.5, 1e-12);
        output.GetProperty("trend").GetProperty("unit").GetString().ShouldBe("position");
    }

    [Fact]
    public async Task the_agent_counts_events_by_type_and_day_and_draws_the_trend_over_days()
    {
        var output = await Asked.For("analytics_agent", new
        {
            events = new object[]
            {
                new { type = "quiz", value = 10, time = "2024-03-01T23:30:00-01:00" }, // 00:30 on the second, in UTC
                new { type = "quiz", value = 14, time = "2024-03-04T00:30:00Z" },
                new { type = "login" },
            },
        });

        output.GetProperty("count").GetInt32().ShouldBe(3);
        output.GetProperty("types")[0].GetProperty("type").GetString().ShouldBe("quiz");
        output.GetProperty("types")[1].TryGetProperty("summary", out _).ShouldBeFalse();
        output.GetProperty("days").GetRawText().ShouldBe("""[{"date":"2024-03-02","count":1},{"date":"2024-03-04","count":1}]""");
        output.GetProperty("trend").GetProperty("slope").GetDouble().ShouldBe(2, 1e-9);
        output.GetProperty("trend").GetProperty("unit").GetString().ShouldBe("day");
    }

    [Theory]
    [InlineData("""{}""", "'values' or 'events': expected a list, found nothing")]
    [InlineData("""{"values": [1, "2"]}""", "'values[1]': expected a number of at most 1e15 in size, found the string '2'")]
    [InlineData("""{"values": [1e308]}""", "'values[0]': expected a number of at most 1e15 in size")]
    [InlineData("""{"events": [1]}""", "'events[0]': expected an object")]
    [InlineData("""{"events": [{"time": "yesterday"}]}""", "'events[0].time': expected a time in ISO 8601, found the string 'yesterday'")]
    public async Task an_input_it_cannot_read_is_refused(string json, string said) => (await Asked.Refused("analytics_agent", json)).ShouldContain(said);

    [Fact]
    public async Task an_empty_list_has_nothing_to_describe() => await Asked.Refused("analytics_agent", """{"values": []}""", code: "agent.nothing_to_do");

    [Fact]
    public async Task more_numbers_than_the_limit_are_refused() =>
        (await Asked.Refused("analytics_agent", """{"values": [1, 2, 3]}""", options: new() { EntriesMax = 2 })).ShouldContain("at most 2 entries, found 3");
}
