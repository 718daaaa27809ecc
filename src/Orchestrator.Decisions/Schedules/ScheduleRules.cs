using System.Globalization;
using Orchestrator.Decisions.Plans;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.Decisions.Schedules;

/// <summary>What a schedule must be.</summary>
public static class ScheduleRules
{
    public const int NameLengthMax = 64;
    public const int ExpressionsMax = 20;
    public const int DescriptionLengthMax = 1_000;

    public static TimeSpan EveryMin { get; } = TimeSpan.FromSeconds(1);

    public static TimeSpan EveryMax { get; } = TimeSpan.FromDays(366);

    public static TimeSpan JitterMax { get; } = TimeSpan.FromHours(1);

    public static TimeSpan CatchUpWindowDefault { get; } = TimeSpan.FromDays(1);

    public static bool IsName(string name) => name.Length <= NameLengthMax && PlanIds.IsValid(name);

    /// <summary>Everything that is wrong with it, each with the member it is about.</summary>
    public static IEnumerable<(string Member, string Message)> Problems(Schedule schedule)
    {
        if (!IsName(schedule.Name))
        {
            yield return ("name", $"The name of a schedule is made of {PlanIds.Rule}, at most {NameLengthMax} of them; found '{schedule.Name}'.");
        }

        foreach (var problem in Problems(schedule.Times))
        {
            yield return problem;
        }

        if (schedule.Start.PlanName is null == schedule.Start.Plan is null)
        {
            yield return ("planName", "Exactly one of plan and planName says what a window starts.");
        }

        if (schedule.CatchUpWindow is { } window && (window < EveryMin || window > EveryMax))
        {
            yield return ("catchUpWindow", $"The catch-up window is 1 second to {EveryMax.TotalDays} days; found {Shown(window)}.");
        }

        if (schedule.ActionsMax is < 1)
        {
            yield return ("actionsMax", string.Create(CultureInfo.InvariantCulture, $"A limit of actions is 1 or more; found {schedule.ActionsMax}."));
        }

        if (schedule.Description?.Length > DescriptionLengthMax)
        {
            yield return ("description", $"A description has at most {DescriptionLengthMax} characters; found {schedule.Description.Length}.");
        }
    }

    public static IEnumerable<(string Member, string Message)> Problems(ScheduleTimes times)
    {
        var good = true;
        if (times.Cron.IsDefaultOrEmpty && times.Every is null)
        {
            good = false;
            yield return ("cron", "A schedule has times: cron, every, or both.");
        }

        var expressions = times.Cron.IsDefault ? [] : times.Cron;
        if (expressions.Length > ExpressionsMax)
        {
            yield return ("cron", $"A schedule has at most {ExpressionsMax} expressions; found {expressions.Length}.");
        }

        for (var i = 0; i < Math.Min(expressions.Length, ExpressionsMax); i++)
        {
            if (!CronExpression.TryParse(expressions[i], out _, out var problem))
            {
                good = false;
                yield return (expressions.Length == 1 ? "cron" : string.Create(CultureInfo.InvariantCulture, $"cron/{i}"), $"'{expressions[i]}' is no cron expression: {problem}.");
            }
        }

        if (times.Every is { } every && (every < EveryMin || every > EveryMax || every.Ticks % TimeSpan.TicksPerSecond != 0))
        {
            good = false;
            yield return ("every", $"An interval is whole seconds, 1 second to {EveryMax.TotalDays} days; found {Shown(every)}.");
        }

        if (times is { Anchor: not null, Every: null })
        {
            yield return ("anchor", "An anchor goes with every.");
        }

        if (times.Anchor is { } anchor && anchor.UtcTicks % TimeSpan.TicksPerSecond != 0)
        {
            yield return ("anchor", "An anchor is a whole second.");
        }

        if (ScheduleCalendar.ZoneOf(times.TimeZone) is null)
        {
            good = false;
            var guess = Spelling.Nearest(times.TimeZone!, ScheduleCalendar.ZoneNames);
            yield return ("timeZone", $"'{times.TimeZone}' is no time zone of the IANA database{(guess is null ? "." : $"; did you mean '{guess}'?")}");
        }

        if (times is { From: { } from, Until: { } until } && until < from)
        {
            good = false;
            yield return ("until", "A schedule ends after it begins.");
        }

        if (times.Jitter is { } jitter && (jitter < TimeSpan.Zero || jitter > JitterMax))
        {
            yield return ("jitter", $"A jitter is 0 to {JitterMax.TotalMinutes} minutes; found {Shown(jitter)}.");
        }

        if (good && ScheduleCalendar.Of(times with { Until = null }).Next(times.From ?? DateTimeOffset.UnixEpoch) is null)
        {
            yield return ("cron", "No such day ever comes.");
        }
    }

    /// <summary>Why a schedule cannot be taken, in one refusal; null when it can.</summary>
    public static Refusal? Check(Schedule schedule)
    {
        var problems = Problems(schedule).Select(problem => problem.Message).ToArray();
        return problems.Length == 0 ? null : new Refusal("schedule.invalid", string.Join(" ", problems));
    }

    private static string Shown(TimeSpan span) => span.ToString("c", CultureInfo.InvariantCulture);
}
