using System.Text.RegularExpressions;

namespace Orchestrator.Contracts.Tests.Kubernetes;

/// <summary>Each alert has a page to turn to, and each metric it watches is one we tell.</summary>
public sealed partial class The_alerts
{
    private static readonly Manifest Rule = Manifests.One(Manifests.Files, "PrometheusRule", "orchestrator");

    private static IEnumerable<(string Alert, string Expression, string Severity)> All => Rule.List("spec/groups").SelectMany(group => Manifest.Items(group["rules"]))
        .Select(rule => (rule["alert"]!.ToString(), rule["expr"]!.ToString(), rule["labels"]!["severity"]!.ToString()));

    [Fact]
    public void are_those_the_runbook_explains() => Row().Matches(Repository.Read("docs/runbook.md")).Select(row => row.Groups[1].Value)
        .ShouldBe(All.Select(rule => rule.Alert), ignoreOrder: true);

    [Fact]
    public void are_critical_or_warnings() => All.Select(rule => rule.Severity).Distinct().Order().ShouldBe(["critical", "warning"]);

    [Fact]
    public void watch_metrics_that_we_tell()
    {
        var told = string.Join('\n', Repository.Files("*.cs").Where(path => !path.StartsWith("tests/", StringComparison.Ordinal)).Select(Repository.Read));
        var watched = All.SelectMany(rule => Metric().Matches(rule.Expression)).Select(match => HistogramPart().Replace(match.Value, "")).Distinct().ToList();
        watched.Count.ShouldBeGreaterThan(5);
        watched.Where(metric => !told.Contains($"\"{metric}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void read_metrics_of_every_pod_that_tells_some()
    {
        var monitor = Manifests.One(Manifests.Files, "ServiceMonitor", "orchestrator");
        Manifest.Items(monitor.At("spec/endpoints")).ShouldHaveSingleItem()["path"]!.ToString().ShouldBe("/metrics");
        var services = Manifests.Of(Manifests.Files).Where(manifest => manifest.Kind == "Service" && Manifest.Selects(monitor.At("spec/selector"), manifest.At("metadata/labels")));
        services.Select(service => service.Component).ShouldBe(["silo", "frontend"], ignoreOrder: true);
        var monitored = Manifest.Items(monitor.At("spec/endpoints")).Single()["port"]!.ToString();
        services.ShouldAllBe(service => service.List("spec/ports").Count(port => port["name"]!.ToString() == monitored) == 1);
    }

    [GeneratedRegex(@"^\| `(Orchestrator\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\b(orc|orchestrator)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();
}
