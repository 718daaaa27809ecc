using Orchestrator.Simulation.Worlds;
using Xunit.Abstractions;

namespace Orchestrator.Simulation;

public sealed class When_everything_breaks(ITestOutputHelper output)
{
    /// <summary>One world in so many is lived twice.</summary>
    private const int TwiceEvery = 50;

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
        reports.Sum(report => report.Calls).ShouldBeGreaterThan(reports.Length * 10);
        reports.Sum(report => report.Faults).ShouldBeGreaterThan(reports.Length * 5);
        reports.Sum(report => report.FaultsByKind.GetValueOrDefault(Trouble.Crashes)).ShouldBeGreaterThan(reports.Length);

        // A seed that does not give the same world again reproduces nothing.
        var twice = seeds.Where((_, index) => index % TwiceEvery == 0).ToList();
        Seeds.LiveAll(twice, new WorldOptions()).Select(report => report.Hash).ShouldBe(twice.Select(seed => reports[(int)seed].Hash));
    }

    /// <summary>Seeds that failed once. What each has found stands in <c>docs/failure-record.md</c>.</summary>
    [Theory]
    [InlineData(10, true)]
    [InlineData(72, true)]
    [InlineData(237, true)]
    [InlineData(358, true)]
    [InlineData(964, true)]
    [InlineData(1192, false)]
    [InlineData(1708, false)]
    public void what_has_failed_once_does_not_fail_again(ulong seed, bool inAllTrouble) =>
        Seeds.Live(seed, new WorldOptions { Trouble = inAllTrouble ? Trouble.All : null }).Appends.ShouldBePositive();

    /// <summary>The seed that <c>ORC_SIM_SEED</c> names; with <c>ORC_SIM_TRANSCRIPT=1</c> it tells what happened even when nothing broke.</summary>
    [Fact]
    public void one_seed() => output.WriteLine(Seeds.Tell(Seeds.Asked ?? 1, new WorldOptions()));
}
