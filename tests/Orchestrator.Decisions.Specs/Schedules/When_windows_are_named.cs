using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Decisions.Schedules;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.Decisions.Specs.Schedules;

public sealed class When_windows_are_named
{
    [Theory]
    [InlineData("*/15 * * * *", "2026-01-01T12:07:00Z", "12:15 12:30 12:45 13:00")]
    [InlineData("0 9-17/4 * * MON-FRI", "2026-01-02T12:00:00Z", "13:00 17:00 2026-01-05T09:00 13:00")]
    [InlineData("30 8 1,15 * *", "2026-01-01T08:30:00Z", "2026-01-15T08:30 2026-02-01T08:30 2026-02-15T08:30")]
    [InlineData("0 0 13 * FRI", "2026-01-30T00:00:00Z", "2026-02-06T00:00 2026-02-13T00:00 2026-02-20T00:00")] // either day is enough
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00 2032-02-29T00:00")]
    [InlineData("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00")] // 2100 is no leap year
    [InlineData("0 12 L * *", "2026-01-31T12:00:00Z", "2026-02-28T12:00 2026-03-31T12:00")]
    [InlineData("0 0 * * 7", "2026-01-01T00:00:00Z", "2026-01-04T00:00 2026-01-11T00:00")]
    [InlineData("0 0 * * SUN", "2026-01-01T00:00:00Z", "2026-01-04T00:00")]
    [InlineData("@monthly", "2026-01-01T00:00:00Z", "2026-02-01T00:00 2026-03-01T00:00")]
    [InlineData("*/20 59 23 31 12 ?", "2026-01-01T00:00:00Z", "2026-12-31T23:59:00 2026-12-31T23:59:20 2026-12-31T23:59:40 2027-12-31T23:59:00")]
    [InlineData("5/20 * * * *", "2026-01-01T12:00:00Z", "12:05 12:25 12:45 13:05")]
    public void cron_is_read_as_people_write_it(string cron, string after, string expected)
    {
        var words = expected.Split(' ');
        var found = Calendar(new(Cron: [cron])).Next(Time(after), words.Length);
        found.Select((window, i) => Short(window, words[i])).ShouldBe(words);
    }

    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T02:00:00Z", "2026-03-29T01:00 2026-03-30T00:30")] // 02:30 is left out on the 29th: it comes at the change
    [InlineData("0 2,3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00 2026-03-30T00:00")] // both names of that moment are one window
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30 2026-10-26T01:30")] // 02:30 comes twice: the first time counts
    [InlineData("0 0 * * *", "2026-10-24T00:00:00Z", "2026-10-24T22:00 2026-10-25T23:00")]
    [InlineData("*/30 * * * *", "2026-03-29T00:00:00Z", "2026-03-29T00:30 2026-03-29T01:00 2026-03-29T01:30")] // every half hour is every half hour
    [InlineData("*/30 * * * *", "2026-10-25T00:00:00Z", "2026-10-25T00:30 2026-10-25T01:00 2026-10-25T01:30 2026-10-25T02:00")]
    [InlineData("*/30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:00 2026-10-25T00:30 2026-10-25T01:00 2026-10-25T01:30 2026-10-26T01:00")]
    [InlineData("*/30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-30T00:00 2026-03-30T00:30")]
    public void clocks_that_are_put_forward_and_back_lose_no_day_and_repeat_none(string cron, string after, string expected)
    {
        var words = expected.Split(' ');
        var found = Calendar(new(Cron: [cron], TimeZone: "Europe/Berlin")).Next(Time(after), words.Length);
        found.Select(window => window.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)).ShouldBe(words);
    }

    [Fact]
    public void a_year_of_daily_windows_has_every_day_once_in_zones_that_change_their_clocks()
    {
        foreach (var zone in (string[])["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "America/Santiago", "UTC"])
        {
            foreach (var cron in (string[])["0 0 * * *", "30 1 * * *", "15 2 * * *", "0 3 * * *"])
            {
                var calendar = Calendar(new(Cron: [cron], TimeZone: zone));
                var windows = calendar.Next(Time("2026-01-01T12:00:00Z"), 365);
                var days = windows.Select(window => NodaTime.Instant.FromDateTimeOffset(window).InZone(ScheduleCalendar.ZoneOf(zone)!).Date).ToArray();
                days.Distinct().Count().ShouldBe(365, $"{cron} in {zone}");
                windows.Zip(windows.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second);
            }
        }
    }

    [Theory]
    [InlineData("PT90S", null, "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z")]
    [InlineData("PT1H", "2026-01-01T00:20:00Z", "2026-01-01T12:20:00Z", "2026-01-01T13:20:00Z")]
    [InlineData("PT1H", "2027-01-01T00:20:00Z", "2026-01-01T12:00:00.5Z", "2026-01-01T12:20:00Z")]
    [InlineData("P7D", "2026-01-01T00:00:00Z", "2025-12-31T00:00:00Z", "2026-01-01T00:00:00Z")]
    public void an_interval_goes_by_its_anchor_before_and_after_it(string every, string? anchor, string after, string next) =>
        Calendar(new(Every: System.Xml.XmlConvert.ToTimeSpan(every), Anchor: anchor is null ? null : Time(anchor))).Next(Time(after)).ShouldBe(Time(next));

    [Fact]
    public void it_begins_and_ends_when_it_says_and_both_are_windows()
    {
        var calendar = Calendar(new(Every: TimeSpan.FromHours(1), From: Time("2026-01-01T02:00:00Z"), Until: Time("2026-01-01T04:00:00Z")));
        calendar.Next(Time("2025-01-01T00:00:00Z"), 10).Select(window => window.Hour).ShouldBe([2, 3, 4]);
    }

    [Fact]
    public void what_several_name_is_one_window()
    {
        var calendar = Calendar(new(Cron: ["0 * * * *", "*/30 * * * *"], Every: TimeSpan.FromMinutes(20)));
        calendar.Next(Time("2026-01-01T00:00:00Z"), 5).Select(window => window.Minute).ShouldBe([20, 30, 40, 0, 20]);
    }

    [Fact]
    public void jitter_puts_a_window_off_by_the_same_span_each_time_and_never_before_it()
    {
        var calendar = Calendar(new(Every: TimeSpan.FromHours(1), Jitter: TimeSpan.FromMinutes(10)));
        var at = Time("2026-01-01T00:00:00Z");
        var spans = Enumerable.Range(0, 200).Select(n => calendar.StartsAt(at, $"window {n}") - at).ToArray();
        spans.ShouldAllBe(span => span >= TimeSpan.Zero && span < TimeSpan.FromMinutes(10));
        spans.Distinct().Count().ShouldBeGreaterThan(190);
        calendar.StartsAt(at, "window 7").ShouldBe(at + spans[7]);
    }

    [Theory]
    [InlineData("cron", "* * * *", "found 4")]
    [InlineData("cron", "60 * * * *", "'60' (minutes)")]
    [InlineData("cron", "0 24 * * *", "'24' (hours)")]
    [InlineData("cron", "0 0 * * MOM", "SUN to SAT")]
    [InlineData("cron", "0 0 5-1 * *", "'5-1'")]
    [InlineData("cron", "*/0 * * * *", "'*/0'")]
    [InlineData("cron", "0 0 30 2 *", "No such day")]
    [InlineData("cron", "1,,2 * * * *", "'1,,2'")]
    [InlineData("cron", "-1 * * * *", "'-1'")]
    public void what_is_no_cron_expression_is_told_with_its_field(string member, string cron, string part)
    {
        var problem = ScheduleRules.Problems(new ScheduleTimes(Cron: [cron])).ShouldHaveSingleItem();
        problem.Member.ShouldBe(member);
        problem.Message.ShouldContain(part);
    }

    [Fact]
    public void every_other_mistake_is_told_by_its_member()
    {
        var hour = TimeSpan.FromHours(1);
        Members(new()).ShouldBe(["cron"]);
        Members(new(Every: TimeSpan.FromMilliseconds(1500))).ShouldBe(["every"]);
        Members(new(Every: TimeSpan.Zero)).ShouldBe(["every"]);
        Members(new(Cron: ["@daily"], Anchor: DateTimeOffset.UnixEpoch)).ShouldBe(["anchor"]);
        Members(new(Every: hour, Jitter: TimeSpan.FromHours(2))).ShouldBe(["jitter"]);
        Members(new(Every: hour, From: Time("2026-01-02T00:00:00Z"), Until: Time("2026-01-01T00:00:00Z"))).ShouldBe(["until"]);
        var zone = ScheduleRules.Problems(new ScheduleTimes(Cron: ["@daily"], TimeZone: "Europe/Berln")).ShouldHaveSingleItem();
        (zone.Member, zone.Message).ShouldBe(("timeZone", "'Europe/Berln' is no time zone of the IANA database; did you mean 'Europe/Berlin'?"));
        var schedule = new Schedule("a b", new(Every: hour), new(), CatchUpWindow: TimeSpan.Zero, ActionsMax: 0);
        ScheduleRules.Problems(schedule).Select(problem => problem.Member).ShouldBe(["name", "planName", "catchUpWindow", "actionsMax"]);

        static IEnumerable<string> Members(ScheduleTimes times) => ScheduleRules.Problems(times).Select(problem => problem.Member);
    }

    private static ScheduleCalendar Calendar(ScheduleTimes times)
    {
        ScheduleRules.Problems(times).ShouldBeEmpty();
        return ScheduleCalendar.Of(times);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string Short(DateTimeOffset window, string like) =>
        window.ToString(like.Length == 5 ? "HH:mm" : like.Length == 16 ? "yyyy-MM-dd'T'HH:mm" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
