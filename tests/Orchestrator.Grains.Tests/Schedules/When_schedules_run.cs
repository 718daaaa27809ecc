using Orchestrator.Vocabulary.Schedules;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Schedules;

public sealed class When_schedules_run
{
    private static readonly ScheduleTimes Hourly = new(Every: TimeSpan.FromHours(1));

    [Fact]
    public void each_window_starts_one_workflow_on_time_and_never_early()
    {
        using var world = new ScheduleWorld();
        world.Put(ScheduleWorld.Schedule(new(Cron: ["*/10 * * * *"])));
        world.Pass(TimeSpan.FromMinutes(9.99));
        world.Started().ShouldBeEmpty();

        world.Pass(TimeSpan.FromMinutes(30.02));

        world.Started().ShouldBe(["20260101T001000Z", "20260101T002000Z", "20260101T003000Z", "20260101T004000Z"]);
        foreach (var row in world.Journal.Rows())
        {
            (row.CreatedAt - ScheduleWorld.Time(row.Tags["window"])).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(1));
            row.Tags["schedule"].ShouldBe("s");
        }

        world.See().Counts.ShouldBe(new ScheduleCounts(Due: 4, Started: 4));
    }

    [Fact]
    public void a_window_a_day_ahead_is_waited_for_without_memory_and_met()
    {
        using var world = new ScheduleWorld();
        world.Put(ScheduleWorld.Schedule(new(Cron: ["0 6 * * *"], TimeZone: "Europe/Berlin")));
        world.Pass(TimeSpan.FromDays(4));
        world.Started().ShouldBe(["20260101T050000Z", "20260102T050000Z", "20260103T050000Z", "20260104T050000Z"]);
        world.Journal.Rows().ShouldAllBe(row => row.CreatedAt.Minute == 0, "a reminder wakes it in time, and a timer to the moment");
    }

    [Theory]
    [InlineData("2026-03-27T12:00:00Z", "20260328T013000Z 20260329T010000Z 20260330T003000Z")]
    [InlineData("2026-10-23T12:00:00Z", "20261024T003000Z 20261025T003000Z 20261026T013000Z")]
    public void clocks_that_change_lose_no_window_and_repeat_none(string start, string expected)
    {
        using var world = new ScheduleWorld(start);
        world.Put(ScheduleWorld.Schedule(new(Cron: ["30 2 * * *"], TimeZone: "Europe/Berlin")));
        world.Pass(TimeSpan.FromDays(3));
        string.Join(' ', world.Started()).ShouldBe(expected);
    }

    [Theory]
    [InlineData(CatchUpPolicy.All, 12, 0)]
    [InlineData(CatchUpPolicy.One, 1, 11)]
    [InlineData(CatchUpPolicy.Skip, 0, 12)]
    public void windows_missed_while_nobody_was_there_follow_the_policy_and_are_counted_exactly(CatchUpPolicy policy, int started, int missed)
    {
        using var world = new ScheduleWorld();
        world.Put(ScheduleWorld.Schedule(Hourly) with { CatchUp = policy });
        world.Pass(TimeSpan.FromMinutes(150));
        world.Started().Length.ShouldBe(2);

        // Twelve whole hours pass, from half past two to half past two.
        world.Down(TimeSpan.FromHours(12));
        world.Pass(TimeSpan.FromMinutes(2));
        world.See().Counts.ShouldBe(new ScheduleCounts(Due: 14, Started: 2 + started, Missed: missed));
        world.Started().Length.ShouldBe(2 + started);

        world.Pass(TimeSpan.FromHours(2));
        world.See().Counts.ShouldBe(new ScheduleCounts(Due: 16, Started: 4 + started, Missed: missed));
    }

    [Fact]
    public void two_days_away_are_caught_up_as_far_back_as_the_window_goes()
    {
        using var world = new ScheduleWorld();
        world.Put(ScheduleWorld.Schedule(Hourly) with { CatchUpWindow = TimeSpan.FromHours(6) });
        world.Down(TimeSpan.FromHours(48.5));
        world.Pass(TimeSpan.FromMinutes(2));
        world.See().Counts.ShouldBe(new ScheduleCounts(Due: 48, Started: 6, Missed: 42));
        world.Started()[0].ShouldBe("20260102T190000Z");
    }

    [Theory]
    [InlineData(OverlapPolicy.Skip, "000100 000300 000500", 5, 3, 2, 0)]
    [InlineData(OverlapPolicy.BufferOne, "000100 000200 000300 000400", 5, 4, 0, 0)]
    [InlineData(OverlapPolicy.TerminateOther, "000100 000200 000300 000400 000500", 5, 5, 0, 0)]
    [InlineData(OverlapPolicy.CancelOther, "000100 000200 000300 000400 000500", 5, 5, 0, 0)]
    [InlineData(OverlapPolicy.AllowAll, "000100 000200 000300 000400 000500", 5, 5, 0, 0)]
    public void a_window_that_comes_while_another_runs_follows_the_policy(OverlapPolicy overlap, string started, int due, int count, int skipped, int dropped)
    {
        using var world = new ScheduleWorld();
        world.Put(ScheduleWorld.Schedule(new(Every: TimeSpan.FromMinutes(1)), overlap, nap: TimeSpan.FromSeconds(70)));
        for (var second = 0; second < 310; second++)
        {
            world.Pass(TimeSpan.FromSeconds(1));
        }

        string.Join(' ', world.Started().Select(window => window[9..15])).ShouldBe(started);
        var counts = world.See().Counts;
        (counts.Due, counts.Started, counts.Skipped, counts.Dropped).ShouldBe((due, count, skipped, dropped));
        (world.StatusOf("20260101T000100Z") == WorkflowStatus.Cancelled).ShouldBe(overlap is OverlapPolicy.CancelOther or OverlapPolicy.TerminateOther);
    }

    [Fact]
    public void a_pause_holds_windows_back_and_a_trigger_starts_one_all_the_same()
    {
        using var world = new ScheduleWorld();
        world.Put(ScheduleWorld.Schedule(Hourly));
        world.Do(() => world.Grain.PauseAsync("holidays"));
        world.Pass(TimeSpan.FromHours(3.5));
        world.Do(() => world.Grain.TriggerAsync("k1")).Workflow.ShouldBe("s.t.k1");
        world.Do(() => world.Grain.TriggerAsync("k1")).Workflow.ShouldBe("s.t.k1");
        world.Pass(TimeSpan.FromSeconds(1));
        world.Journal.Rows().Select(row => row.Id.Value).ShouldBe(["s.t.k1"]);
        (world.See(3).Paused, world.See().Note, world.See(3).Next.Length).ShouldBe((true, "holidays", 0));

        world.Do(() => world.Grain.ResumeAsync(null));
        world.Pass(TimeSpan.FromHours(1));
        world.Started().ShouldBe(["20260101T040000Z"]);
        world.See().Counts.ShouldBe(new ScheduleCounts(Due: 5, Started: 2, Paused: 3));
    }

    [Fact]
    public void a_backfill_starts_each_window_of_the_past_once()
    {
        using var world = new ScheduleWorld("2026-01-01T12:00:00Z");
        world.Put(ScheduleWorld.Schedule(Hourly));
        world.Do(() => world.Grain.BackfillAsync(ScheduleWorld.Time("2026-01-01T03:00:00Z"), ScheduleWorld.Time("2026-01-01T14:00:00Z"))).Windows.ShouldBe(10, "03:00 to 12:00; later ones are yet to come");
        world.Pass(TimeSpan.FromSeconds(1));
        world.Do(() => world.Grain.BackfillAsync(ScheduleWorld.Time("2026-01-01T02:00:00Z"), ScheduleWorld.Time("2026-01-01T05:00:00Z"))).Windows.ShouldBe(1);
        world.Pass(TimeSpan.FromHours(1));
        world.Started().Length.ShouldBe(12);
        world.See().Counts.ShouldBe(new ScheduleCounts(Due: 12, Started: 12));
        world.Do(() => world.Grain.BackfillAsync(DateTimeOffset.UnixEpoch, world.Now)).Refusal!.Code.ShouldBe("schedule.too_many_windows");
    }

    [Fact]
    public void a_plan_that_is_not_there_is_told_and_the_next_window_tries_again()
    {
        using var world = new ScheduleWorld();
        world.Put(ScheduleWorld.Schedule(Hourly) with { Start = new ScheduledStart(PlanName: "none") });
        world.Pass(TimeSpan.FromHours(2));
        var view = world.See();
        view.Counts.ShouldBe(new ScheduleCounts(Due: 2, Failed: 2));
        view.Recent[0].Problem.ShouldStartWith("plan.not_found");
    }

    [Fact]
    public void a_version_guards_the_definition_and_what_is_removed_starts_nothing()
    {
        using var world = new ScheduleWorld();
        var schedule = ScheduleWorld.Schedule(Hourly);
        world.Put(schedule).Version.ShouldBe("r1");
        world.Put(schedule).Version.ShouldBe("r1", "the same again changes nothing");
        world.Do(() => world.Grain.PutAsync(schedule with { Description = "x" }, "")).Refusal!.Code.ShouldBe("schedule.version");
        world.Do(() => world.Grain.PutAsync(schedule with { Description = "x" }, "r1")).Version.ShouldBe("r2");
        world.Do(() => world.Grain.PutAsync(schedule with { Times = new() })).Refusal!.Code.ShouldBe("schedule.invalid");
        world.Do(() => world.Grain.RemoveAsync("r1")).Refusal!.Code.ShouldBe("schedule.version");
        world.Do(() => world.Grain.RemoveAsync("r2")).Refusal.ShouldBeNull();
        world.Pass(TimeSpan.FromHours(3));
        world.Started().ShouldBeEmpty();
        world.Do(() => world.Grain.GetAsync(1)).ShouldBeNull();
        world.Do(() => world.Grain.PauseAsync(null)).Refusal!.Code.ShouldBe("schedule.not_found");
    }
}
