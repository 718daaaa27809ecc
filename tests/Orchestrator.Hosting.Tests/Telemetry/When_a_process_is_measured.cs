using System.Diagnostics.Metrics;
using System.Text;
using Orchestrator.Hosting.Telemetry;

namespace Orchestrator.Hosting.Tests.Telemetry;

public sealed class When_a_process_is_measured
{
    [Fact]
    public void its_own_meters_are_told_and_no_others()
    {
        using var book = new MetricBook();
        using var ours = new Meter("Orchestrator.Oven");
        using var theirs = new Meter("Kitchen.Oven");
        ours.CreateCounter<long>("orc_loaves_total", description: "Loaves baked.").Add(2);
        theirs.CreateCounter<long>("orc_rolls_total").Add(2);
        var lines = Told(book);
        lines.ShouldContain("# TYPE orc_loaves_total counter");
        lines.ShouldContain("orc_loaves_total 2");
        lines.ShouldNotContain(line => line.Contains("rolls", StringComparison.Ordinal));
    }

    [Fact]
    public void what_has_too_many_names_is_counted_together()
    {
        using var book = new MetricBook(seriesMax: 2);
        using var meter = new Meter("Orchestrator.Oven");
        var baked = meter.CreateCounter<long>("orc_baked_total");
        foreach (var kind in (string[])["rye", "wheat", "oat", "corn"])
        {
            baked.Add(1, KeyValuePair.Create<string, object?>("kind", kind));
        }

        var lines = Told(book);
        lines.ShouldContain("orc_baked_total{kind=\"rye\"} 1");
        lines.ShouldContain("orc_baked_total{kind=\"other\"} 2");
    }

    [Fact]
    public void a_histogram_of_many_labels_has_a_fiftieth_of_the_room()
    {
        using var book = new MetricBook(seriesMax: 100);
        using var meter = new Meter("Orchestrator.Oven");
        var baked = meter.CreateHistogram<double>("orc_baked_seconds", "s");
        var degrees = meter.CreateGauge<int>("orc_degrees");
        for (var oven = 0; oven < 30; oven++)
        {
            baked.Record(1, KeyValuePair.Create<string, object?>("oven", $"o{oven}"));
            degrees.Record(200, KeyValuePair.Create<string, object?>("oven", $"o{oven}"));
        }

        var lines = Told(book);
        lines.Where(line => line.StartsWith("orc_baked_seconds_count", StringComparison.Ordinal)).ShouldBe(
            ["orc_baked_seconds_count{oven=\"o0\"} 1", "orc_baked_seconds_count{oven=\"o1\"} 1", "orc_baked_seconds_count{oven=\"other\"} 28"], ignoreOrder: true);
        lines.Count(line => line.StartsWith("orc_degrees{", StringComparison.Ordinal)).ShouldBe(30);
    }

    private static string[] Told(MetricBook book)
    {
        var text = new StringBuilder();
        book.Write(text);
        return text.ToString().Split('\n');
    }
}
