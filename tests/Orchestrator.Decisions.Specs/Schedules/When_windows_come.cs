using System.Collections.Immutable;
using Orchestrator.Decisions.Schedules;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.Decisions.Specs.Schedules;

public sealed class When_windows_come
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Schedule Hourly = new("s", new ScheduleTimes(Every: TimeSpan.FromHours(1)), new ScheduledStart("plan"));

    [Fact]
    public void each_is_decided_on_once_and_its_workflow_is_named_by_it()
    {
        var story = new Story(Hourly).At(0.5).Owes().At(1).Owes("s.20260101T130000Z").At(1).Owes("s.20260101T130000Z");
        story.Starts().Counts(due: 1, started: 1);
        story.State.Recent.ShouldHaveSingleItem().ShouldBe(new PastStart(Noon.AddHours(1), "s.20260101T130000Z", StartKind.Scheduled, Noon.AddHours(1)));
        story.Starts("s.20260101T130000Z").Counts(due: 1, started: 1);
    }

    [Theory]
    [InlineData(OverlapPolicy.Skip, "13", "", "", 2, 0)]
    [InlineData(OverlapPolicy.BufferOne, "13", "14", "", 0, 1)]
    [InlineData(OverlapPolicy.BufferAll, "13", "14 15", "", 0, 0)]
    [InlineData(OverlapPolicy.CancelOther, "13", "15", "13", 0, 1)]
    [InlineData(OverlapPolicy.TerminateOther, "13 14 15", "", "13 14", 0, 0)]
    [InlineData(OverlapPolicy.AllowAll, "13 14 15", "", "", 0, 0)]
    public void one_that_comes_while_another_runs_follows_the_policy(OverlapPolicy overlap, string started, string waiting, string cancelled, int skipped, int dropped)
    {
        var story = new Story(Hourly with { Overlap = overlap }).At(1).Starts().At(2).Starts().At(3).Starts();
        Hours(story.State.Recent.Reverse().Select(past => past.Workflow)).ShouldBe(started);
        Hours(story.State.Buffer.Select(one => one.Workflow)).ShouldBe(waiting);
        Hours(story.State.Running.Where(one => one.Cancelled).Select(one => one.Workflow)).ShouldBe(cancelled);
        story.Counts(due: 3, started: started.Split(' ').Length, skipped, dropped);
    }

    [Fact]
    public void those_that_wait_start_one_after_another_in_their_order()
    {
        var story = new Story(Hourly with { Overlap = OverlapPolicy.BufferAll }).At(1).Starts().At(2).At(3);
        story.Ends(1).Owes("s.20260101T140000Z").Starts().Ends(2).Owes("s.20260101T150000Z").Starts().Ends(3).Owes().Counts(due: 3, started: 3);
    }

    [Fact]
    public void one_that_takes_anothers_place_starts_when_that_has_ended()
    {
        var story = new Story(Hourly with { Overlap = OverlapPolicy.CancelOther }).At(1).Starts().At(2).Owes();
        story.Ends(1).Owes("s.20260101T140000Z").Starts().Counts(due: 2, started: 2).State.Running.ShouldBe([new RunningStart("s.20260101T140000Z")]);
    }

    [Fact]
    public void no_more_wait_than_may()
    {
        var story = new Story(Hourly with { Overlap = OverlapPolicy.BufferAll }, SchedulePolicy.Default with { BufferMax = 2 }).At(1).Starts();
        story.At(2).At(3).At(4).At(5).Counts(due: 5, started: 1, dropped: 2, waiting: 2);
    }

    [Theory]
    [InlineData(CatchUpPolicy.All, 24, "", 6)] // six are more than a day late
    [InlineData(CatchUpPolicy.One, 0, "18", 29)]
    [InlineData(CatchUpPolicy.Skip, 0, "", 30)]
    public void those_that_passed_while_nobody_was_there_are_counted_exactly(CatchUpPolicy policy, int startedMin, string onlyHour, int missed)
    {
        var story = new Story(Hourly with { CatchUp = policy, Overlap = OverlapPolicy.AllowAll }).At(30.5).StartsAll();
        story.State.Counts.Due.ShouldBe(30);
        story.State.Counts.Missed.ShouldBe(missed);
        story.State.Counts.Started.ShouldBe(30 - missed);
        story.State.Counts.Started.ShouldBeGreaterThanOrEqualTo(startedMin);
        if (onlyHour.Length > 0)
        {
            Hours(story.State.Recent.Select(past => past.Workflow)).ShouldBe(onlyHour);
            story.State.Recent.Single().Kind.ShouldBe(StartKind.CaughtUp);
        }
    }

    [Fact]
    public void the_catch_up_window_says_how_late_is_too_late()
    {
        var story = new Story(Hourly with { Overlap = OverlapPolicy.AllowAll, CatchUpWindow = TimeSpan.FromHours(3) }).At(10.5).StartsAll();
        Hours(story.State.Recent.Reverse().Select(past => past.Workflow)).ShouldBe("20 21 22");
        story.Counts(due: 10, started: 3, missed: 7);
    }

    [Fact]
    public void what_is_caught_up_keeps_to_the_overlap_policy() =>
        new Story(Hourly).At(5.5).StartsAll().Counts(due: 5, started: 1, skipped: 4);

    [Fact]
    public void a_window_on_time_is_not_caught_up()
    {
        var story = new Story(Hourly with { CatchUp = CatchUpPolicy.Skip }).At(1 + (1.5 / 60)).Starts().Counts(due: 1, started: 1);
        story.State.Recent[0].Kind.ShouldBe(StartKind.Scheduled);
    }

    [Fact]
    public void a_pause_passes_windows_over_and_counts_them()
    {
        var story = new Story(Hourly).At(1).Starts().Ends(1);
        story.Change(state => ScheduleDecisions.Pause(state, "holidays", Noon)).At(4).Owes().Counts(due: 4, started: 1, paused: 3);
        ScheduleDecisions.WakeAt(story.State, story.Calendar, Noon.AddHours(4), SchedulePolicy.Default).ShouldBeNull();
        story.Change(state => ScheduleDecisions.Resume(state, null, Noon)).At(5).Starts().Counts(due: 5, started: 2, paused: 3);
    }

    [Fact]
    public void a_limit_of_actions_ends_it_and_triggers_do_not_count()
    {
        var story = new Story(Hourly with { ActionsMax = 2, Overlap = OverlapPolicy.AllowAll }).At(1).Starts();
        story.Change(state => ScheduleDecisions.Trigger(state, "x", null, Noon.AddHours(1), SchedulePolicy.Default)).Starts();
        story.At(9).StartsAll().Counts(due: 3, started: 3).State.IsExhausted.ShouldBeTrue();
        ScheduleDecisions.WakeAt(story.State, story.Calendar, Noon.AddHours(9), SchedulePolicy.Default).ShouldBeNull();
    }

    [Fact]
    public void a_trigger_asked_for_twice_starts_one()
    {
        var story = new Story(Hourly);
        story.Change(state => ScheduleDecisions.Trigger(state, "k", null, Noon, SchedulePolicy.Default)).Owes("s.t.k");
        story.Change(state => ScheduleDecisions.Trigger(state, "k", null, Noon, SchedulePolicy.Default)).Owes("s.t.k").Starts();
        story.Change(state => ScheduleDecisions.Trigger(state, "k", null, Noon, SchedulePolicy.Default)).Owes().Counts(due: 1, started: 1);
    }

    [Fact]
    public void a_backfill_starts_each_window_once_however_often_it_is_asked_for()
    {
        var story = new Story(Hourly);
        var windows = story.Calendar.Next(Noon.AddDays(-1), 5);
        story.Change(state => ScheduleDecisions.Backfill(state, windows, OverlapPolicy.BufferAll, SchedulePolicy.Default)).Counts(due: 5, waiting: 5);
        story.Change(state => ScheduleDecisions.Backfill(state, windows, OverlapPolicy.BufferAll, SchedulePolicy.Default)).Counts(due: 5, waiting: 5);
        story.Owes("s.20251231T130000Z").Starts().State.Recent[0].Kind.ShouldBe(StartKind.Backfilled);
    }

    [Fact]
    public void one_that_cannot_be_started_is_told_and_stops_nothing()
    {
        var story = new Story(Hourly).At(1).Change(state => ScheduleDecisions.Failed(state, "s.20260101T130000Z", "There is no plan.", Noon));
        story.Counts(due: 1, failed: 1).State.Recent[0].Problem.ShouldBe("There is no plan.");
        story.At(2).Starts().Counts(due: 2, started: 1, failed: 1);
    }

    [Fact]
    public void another_definition_counts_from_now_on()
    {
        var story = new Story(Hourly).At(1).Starts().Ends(1);
        story.Change(state => ScheduleDecisions.Replace(state, Hourly with { Times = new(Every: TimeSpan.FromMinutes(30)) }, Noon.AddHours(1.75)));
        story.At(2).Owes("s.20260101T140000Z").State.Revision.ShouldBe(2);
    }

    [Fact]
    public void much_is_decided_on_in_bounded_steps_that_lose_nothing()
    {
        var policy = SchedulePolicy.Default with { WindowsPerStep = 10, OwedMax = 7 };
        var story = new Story(Hourly with { Times = new(Every: TimeSpan.FromMinutes(1)), Overlap = OverlapPolicy.AllowAll, CatchUpWindow = TimeSpan.FromHours(2) }, policy);
        story.At(5).StartsAll().Counts(due: 300, started: 121, missed: 179);
    }

    private static string Hours(IEnumerable<string> workflows) => string.Join(' ', workflows.Select(workflow => workflow.Split('T')[1][..2]));

    /// <summary>One schedule under decisions alone.</summary>
    private sealed class Story(Schedule schedule, SchedulePolicy? given = null)
    {
        private readonly SchedulePolicy policy = given ?? SchedulePolicy.Default;
        private DateTimeOffset now = Noon;

        public ScheduleState State { get; private set; } = new(schedule, Noon);

        public ScheduleCalendar Calendar => ScheduleCalendar.Of(State.Definition.Times);

        public Story At(double hours)
        {
            now = Noon.AddHours(hours);
            State = ScheduleDecisions.Advance(State, Calendar, now, policy, out _);
            return Balanced();
        }

        public Story Change(Func<ScheduleState, ScheduleState> change)
        {
            State = change(State);
            return Balanced();
        }

        public Story Starts(params string[] workflows)
        {
            foreach (var workflow in workflows.Length > 0 ? workflows : [.. State.Owed.Select(one => one.Workflow)])
            {
                State = ScheduleDecisions.Started(State, workflow, now);
            }

            return Balanced();
        }

        /// <summary>As a grain does it: decide, start, and again until nothing is left.</summary>
        public Story StartsAll()
        {
            bool more;
            do
            {
                State = ScheduleDecisions.Advance(State, Calendar, now, policy, out more);
                more |= !State.Owed.IsEmpty;
                Starts();
            }
            while (more);
            return this;
        }

        public Story Ends(int hour)
        {
            State = ScheduleDecisions.Settle(State, new HashSet<string> { ScheduleDecisions.WorkflowIdOf("s", Noon.AddHours(hour)) });
            return Balanced();
        }

        public Story Owes(params string[] workflows)
        {
            State.Owed.Select(one => one.Workflow).ShouldBe(workflows);
            return this;
        }

        public Story Counts(long due, long started = 0, long skipped = 0, long dropped = 0, long missed = 0, long paused = 0, long failed = 0, int? waiting = null)
        {
            State.Counts.ShouldBe(new ScheduleCounts(due, started, skipped, dropped, missed, paused, failed));
            if (waiting is { } expected)
            {
                (State.Owed.Length + State.Buffer.Length).ShouldBe(expected);
            }

            return this;
        }

        // Whatever came is somewhere.
        private Story Balanced()
        {
            var counts = State.Counts;
            counts.Due.ShouldBe(counts.Started + counts.Skipped + counts.Dropped + counts.Missed + counts.Paused + counts.Failed + State.Owed.Length + State.Buffer.Length);
            return this;
        }
    }
}
