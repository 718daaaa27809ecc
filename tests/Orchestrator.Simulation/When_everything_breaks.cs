using Orchestrator.Simulation.Worlds;
using Xunit.Abstractions;

namespace Orchestrator.Simulation;

public sealed class When_everything_breaks(ITestOutputHelper output)
{
    [Fact]
    public void nothing_is_lost_done_twice_or_left_asleep()
    {
        var seeds = Enumerable.Range(0, Seeds.Count(1_000)).Select(number => (ulong)number).ToList();
        var began = TimeProvider.System.GetTimestamp();
        var reports = Seeds.LiveAll(seeds, new WorldOptions());
        var took = TimeProvider.System.GetElapsedTime(began);
        var lived = TimeSpan.FromTicks(reports.Sum(report => report.Lived.Ticks));
        output.WriteLine(
            $"{reports.Length} seeds in {took.TotalSeconds:0.0} s: {reports.Length / took.TotalSeconds:0} seeds/s, {reports.Sum(report => report.Steps) / took.TotalSeconds:0} steps/s, " +
            $"{lived / took:0} times real time; {reports.Sum(report => report.Acknowledged)} acknowledged, {reports.Sum(report => report.Faults)} faults, " +
            $"{reports.Sum(report => report.Appends)} appends, {reports.Sum(report => report.Calls)} calls");
        output.WriteLine(string.Join(", ", reports.SelectMany(report => report.FaultsByKind).GroupBy(pair => pair.Key).Select(kind => $"{kind.Key} {kind.Sum(pair => pair.Value)}")));

        // A run in which nothing happened proves nothing.
        reports.Sum(report => report.Acknowledged).ShouldBeGreaterThan(reports.Length * 5);
        reports.Sum(report => report.Faults).ShouldBeGreaterThan(reports.Length * 3);
    }

    [Fact]
    public void one_seed() => output.WriteLine(Seeds.Live(Seeds.Asked ?? 1, new WorldOptions()).ToString());
}
