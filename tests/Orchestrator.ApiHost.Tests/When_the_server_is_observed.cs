using System.Net;
using System.Text.RegularExpressions;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed partial class When_the_server_is_observed(SiloServer silo)
{
    private readonly HttpClient client = silo.Client;

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/health/startup")]
    public async Task a_server_that_is_well_says_so(string path)
    {
        var response = await client.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        (await response.JsonAsync()).GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task the_numbers_count_what_there_is()
    {
        await client.EndAsync(await client.StartAsync(Plans.Echo));
        var stats = await (await client.GetAsync("/api/v1/stats")).JsonAsync();
        stats.GetProperty("byState").GetProperty("completed").GetInt64().ShouldBeGreaterThan(0);
        stats.GetProperty("agents").GetInt32().ShouldBeGreaterThan(0);
        stats.GetProperty("queued").GetArrayLength().ShouldBe(5);
        (await client.GetAsync("/metrics", ("Accept", "application/json"))).Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Fact]
    public async Task the_metrics_are_as_prometheus_wants_them()
    {
        await client.EndAsync(await client.StartAsync(Plans.Echo));
        var response = await client.GetAsync("/metrics");
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        lines[^1].ShouldBeEmpty("the last line ends too");

        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        var helped = new HashSet<string>(StringComparer.Ordinal);
        var series = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in lines[..^1])
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                helped.Add(line.Split(' ')[2]).ShouldBeTrue($"one HELP for each name: {line}");
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                types.TryAdd(words[2], words[3]).ShouldBeTrue($"one TYPE for each name: {line}");
                words[2].ShouldMatch("^(orc|orchestrator)_[a-z0-9_]+$");
                (words[3] == "counter").ShouldBe(words[2].EndsWith("_total", StringComparison.Ordinal), line);
                words[2].ShouldNotContain("millisecond");
            }
            else
            {
                var sample = Sample().Match(line);
                sample.Success.ShouldBeTrue(line);
                series.Add(sample.Groups[1].Value + sample.Groups[2].Value).ShouldBeTrue($"one line for each series: {line}");
                var family = HistogramPart().Replace(sample.Groups[1].Value, "");
                types.ShouldContainKey(types.ContainsKey(sample.Groups[1].Value) ? sample.Groups[1].Value : family, line);
                foreach (Match label in Label().Matches(sample.Groups[2].Value))
                {
                    label.Groups[1].Value.ShouldNotEndWith("id");
                    label.Groups[1].Value.ShouldNotBeOneOf("url", "endpoint", "user", "path", "workflow", "step", "instance");
                }
            }
        }

        types.Keys.ShouldBe(helped, ignoreOrder: true);
        series.Count.ShouldBeLessThan(2_000);
        types.ShouldContainKeyAndValue("orc_http_request_duration_seconds", "histogram");
        series.ShouldContain("orc_workflows{state=\"completed\"}");
        series.ShouldContain("orchestrator_queue_size{priority=\"5\"}");
        series.ShouldContain("orc_queue_age_seconds{queue=\"due\"}");
        series.ShouldContain("orc_queue_age_seconds{queue=\"agent\"}");
        series.ShouldContain("orchestrator_circuit_breaker_state{agent=\"echo\"}");
        series.ShouldContain(one => one.StartsWith("orc_http_request_duration_seconds_bucket{le=\"600\",method=\"POST\"", StringComparison.Ordinal)
            || (one.StartsWith("orc_http_request_duration_seconds_bucket{method=\"POST\"", StringComparison.Ordinal) && one.Contains("le=\"600\"", StringComparison.Ordinal)));
    }

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? ([0-9eE+.\-]+|NaN|[+-]?Inf)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"")]
    private static partial Regex Label();
}
