using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.Grains.Tests.Schedules;

/// <summary>Whatever crashes between a window and its workflow, each window has exactly one.</summary>
public sealed class When_silos_crash_around_windows
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void a_week_of_crashes_loses_no_window_and_starts_none_twice(int seed)
    {
        using var world = new ScheduleWorld(seed: (ulong)seed);
        world.Put(ScheduleWorld.Schedule(new(Cron: ["17 */3 * * *"], TimeZone: "America/New_York")));
        var random = new Random(seed);
        while (world.Now < ScheduleWorld.Time("2026-01-08T00:00:00Z"))
        {
            world.Pass(TimeSpan.FromMinutes(random.Next(1, 600)));
            world.Down(TimeSpan.FromMinutes(random.Next(0, 300)));
        }

        world.Pass(TimeSpan.FromMinutes(5));
        var counts = world.See().Counts;
        var due = (int)((world.Now - ScheduleWorld.Time("2026-01-01T02:17:00Z")).TotalHours / 3) + 1;
        counts.ShouldBe(new ScheduleCounts(Due: due, Started: due));
        world.Started().Length.ShouldBe(due);
    }

    [Theory]
    [MemberData(nameof(FirstTurns))]
    public void a_crash_at_any_turn_around_a_window_loses_none_and_starts_none_twice(int turns)
    {
        using var world = new ScheduleWorld(seed: (ulong)turns);
        world.Put(ScheduleWorld.Schedule(new(Cron: ["* * * * *"])));
        world.Pass(TimeSpan.FromSeconds(59.9));
        world.CrashAfterSteps(turns);
        world.Pass(TimeSpan.FromMinutes(5));

        string[] due = [.. Enumerable.Range(1, (int)(world.Now - ScheduleWorld.Time("2026-01-01T00:00:00Z")).TotalMinutes).Select(minute => $"20260101T00{minute:00}00Z")];
        due.Length.ShouldBeGreaterThanOrEqualTo(5);
        world.Started().ShouldBe(due);
        world.See().Counts.ShouldBe(new ScheduleCounts(Due: due.Length, Started: due.Length));
    }

    public static TheoryData<int> FirstTurns => [.. Enumerable.Range(0, 40)];
}
