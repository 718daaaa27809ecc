using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Analytics;

/// <summary>Summarises numbers, or events that carry them.</summary>
internal sealed class AnalyticsAgent(BuiltinAgentOptions options) : IAgent
{
    // Squares and sums of numbers up to this size stay finite and keep six digits.
    private const double ValueMax = 1e15;
    private const int NameLengthMax = 200;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "analytics_agent",
        "Describes numbers or events: counts, mean, percentiles, and the trend by least squares.",
        Actions: ["analyze", "track_analytics"],
        Keywords: ["analytics", "statistics", "metrics", "trend", "report"],
        Input: """
            values: [number] — numbers in their order, each at most 1e15 in size
            events: [{ type = "event", value?, time? }] — instead of values; time in ISO 8601
            """,
        Output: """
            count: integer
            summary: { count, sum, mean, standardDeviation?, min, median, max, p25, p75, p90, p95, p99 } — where there are numbers
            trend: { slope, intercept, rSquared?, unit } — per position of a number, or per day where every number has a time
            types: [{ type, count, summary? }], days: [{ date, count }] — of events, days in UTC
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var values = input.List("values", (field, element) => NumberOf(input, field, element) is { } value ? new Event("value", value, Time: null) : null);
        var events = input.List("events", (field, element) => EventOf(input, field, element));
        if (!input.Has("values") && !input.Has("events"))
        {
            input.Complain("'values' or 'events'", "a list", "nothing");
        }

        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var all = input.Has("values") ? values : events;
        if (all.IsEmpty)
        {
            return new(AgentAnswer.Fail(AgentFailures.NothingToDo, "analytics_agent got an empty list: there is nothing to describe."));
        }

        return new(AgentJson.Answer(input.Has("values")
            ? new Output(all.Length, SummaryOf(all), TrendOf(all), Types: null, Days: null)
            : new Output(
                all.Length,
                SummaryOf(all),
                TrendOf(all),
                [.. all.GroupBy(item => item.Type, StringComparer.Ordinal)
                    .OrderByDescending(type => type.Count()).ThenBy(type => type.Key, StringComparer.Ordinal)
                    .Select(type => new TypeCount(type.Key, type.Count(), SummaryOf([.. type])))],
                [.. all.Where(item => item.Time is not null)
                    .GroupBy(item => item.Time!.Value.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparer.Ordinal)
                    .OrderBy(day => day.Key, StringComparer.Ordinal)
                    .Select(day => new DayCount(day.Key, day.Count()))])));
    }

    private static Summary? SummaryOf(ImmutableArray<Event> events)
    {
        double[] numbers = [.. events.Where(item => item.Value is not null).Select(item => item.Value!.Value)];
        return numbers.Length == 0 ? null : Statistics.Summarize(numbers);
    }

    private static Line? TrendOf(ImmutableArray<Event> events)
    {
        ImmutableArray<Event> numbered = [.. events.Where(item => item.Value is not null)];
        if (numbered.IsEmpty)
        {
            return null;
        }

        var timed = numbered.All(item => item.Time is not null);
        var first = timed ? numbered.Min(item => item.Time!.Value) : default;
        var trend = Statistics.LeastSquares([.. numbered.Select((item, index) => (X: timed ? (item.Time!.Value - first).TotalDays : index, Y: item.Value!.Value))]);
        return trend is null ? null : new Line(trend.Slope, trend.Intercept, trend.RSquared, timed ? "day" : "position");
    }

    private static Event? EventOf(AgentInput input, string field, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            input.Complain($"'{field}'", "an object with type, value or time", AgentInput.Describe(element));
            return null;
        }

        var type = AgentInput.Member(element, "type") is { } named ? input.TextOf($"{field}.type", named, NameLengthMax) : "event";
        double? value = null;
        if (AgentInput.Member(element, "value") is { } number && (value = NumberOf(input, $"{field}.value", number)) is null)
        {
            return null;
        }

        DateTimeOffset? time = null;
        if (AgentInput.Member(element, "time") is { } written)
        {
            if (input.TextOf($"{field}.time", written, NameLengthMax) is not { } text
                || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.RoundtripKind, out var parsed))
            {
                input.Complain($"'{field}.time'", "a time in ISO 8601", AgentInput.Describe(written));
                return null;
            }

            time = parsed;
        }

        return type is null ? null : new Event(type, value, time);
    }

    private static double? NumberOf(AgentInput input, string field, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && Math.Abs(value) <= ValueMax)
        {
            return value;
        }

        input.Complain($"'{field}'", "a number of at most 1e15 in size", AgentInput.Describe(element));
        return null;
    }

    private sealed record Event(string Type, double? Value, DateTimeOffset? Time);

    private sealed record Line(double Slope, double Intercept, double? RSquared, string Unit);

    private sealed record TypeCount(string Type, int Count, Summary? Summary);

    private sealed record DayCount(string Date, int Count);

    private sealed record Output(int Count, Summary? Summary, Line? Trend, ImmutableArray<TypeCount>? Types, ImmutableArray<DayCount>? Days);
}
