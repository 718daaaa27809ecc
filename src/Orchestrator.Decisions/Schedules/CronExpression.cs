using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodaTime;

namespace Orchestrator.Decisions.Schedules;

/// <summary>A cron expression: five fields, or six with seconds first.</summary>
/// <remarks>
/// After Vixie's cron: lists, ranges, steps and names; 7 is Sunday too; <c>?</c> is <c>*</c>; <c>L</c> as day of month is its last; where both days are restricted, either of them is enough;
/// <c>@hourly</c>, <c>@daily</c>, <c>@weekly</c>, <c>@monthly</c> and <c>@yearly</c> are the usual five.
/// </remarks>
public sealed class CronExpression
{
    /// <summary>Days that are looked through for the next time: from one 29 February to the next there may be eight years.</summary>
    private const int DaysMax = (8 * 366) + 1;

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly ulong seconds;
    private readonly ulong minutes;
    private readonly ulong hours;
    private readonly ulong days;
    private readonly ulong months;
    private readonly ulong weekdays;
    private readonly bool lastDay;
    private readonly bool eitherDay;

    private CronExpression(ulong seconds, ulong minutes, ulong hours, ulong days, ulong months, ulong weekdays, bool lastDay, bool eitherDay, bool recurs)
    {
        this.seconds = seconds;
        this.minutes = minutes;
        this.hours = hours;
        this.days = days;
        this.months = months;
        this.weekdays = weekdays;
        this.lastDay = lastDay;
        this.eitherDay = eitherDay;
        Recurs = recurs;
    }

    /// <summary>It names times by their distance (every so often) and not by the clock: an hour that comes twice has them twice, one that is left out has none.</summary>
    public bool Recurs { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out CronExpression? expression, [NotNullWhen(false)] out string? problem)
    {
        expression = null;
        var words = (text.Trim() switch
        {
            "@hourly" => "0 * * * *",
            "@daily" or "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" or "@annually" => "0 0 1 1 *",
            var other => other,
        }).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is not (5 or 6))
        {
            problem = $"expected five fields (minute, hour, day of month, month, day of week), or six with seconds first; found {words.Length}";
            return false;
        }

        var fields = words.Length == 6 ? words : ["0", .. words];
        if (!TryField("seconds", fields[0], 0, 59, [], out var seconds, out problem)
            || !TryField("minutes", fields[1], 0, 59, [], out var minutes, out problem)
            || !TryField("hours", fields[2], 0, 23, [], out var hours, out problem)
            || !TryField("month", fields[4], 1, 12, Months, out var months, out problem)
            || !TryField("day of week", fields[5], 0, 7, Weekdays, out var weekdays, out problem))
        {
            return false;
        }

        var lastDay = fields[3] is "L" or "l";
        var days = 0UL;
        if (!lastDay && !TryField("day of month", fields[3], 1, 31, [], out days, out problem))
        {
            return false;
        }

        const ulong Sunday = 1;
        weekdays |= (weekdays >> 7) & Sunday;
        var eitherDay = fields[3][0] is not ('*' or '?') && fields[5][0] is not ('*' or '?');
        var recurs = fields[..3].Any(field => field.AsSpan().IndexOfAny("*/-?") >= 0);
        expression = new CronExpression(seconds, minutes, hours, days, months, weekdays, lastDay, eitherDay, recurs);
        problem = null;
        return true;
    }

    /// <summary>The first local time it names from the given one on, that one included; null when none comes.</summary>
    public LocalDateTime? NextLocal(LocalDateTime from)
    {
        var date = from.Date;
        var time = from.TimeOfDay;
        for (var looked = 0; looked < DaysMax; looked++)
        {
            if (Names(date) && NextTime(time) is { } found)
            {
                return date + found;
            }

            date = date.PlusDays(1);
            time = LocalTime.Midnight;
        }

        return null;
    }

    private bool Names(LocalDate date)
    {
        if (!Has(months, date.Month))
        {
            return false;
        }

        const int DaysOfWeek = 7;
        var day = lastDay ? date.Day == date.Calendar.GetDaysInMonth(date.Year, date.Month) : Has(days, date.Day);
        var weekday = Has(weekdays, (int)date.DayOfWeek % DaysOfWeek);
        return eitherDay ? day || weekday : day && weekday;
    }

    private LocalTime? NextTime(LocalTime from)
    {
        // A part of a second is behind its beginning.
        var second = from.Second + (from.NanosecondOfSecond > 0 ? 1 : 0);
        for (var hour = from.Hour; hour < 24; hour++)
        {
            if (!Has(hours, hour))
            {
                continue;
            }

            for (var minute = hour == from.Hour ? from.Minute : 0; minute < 60; minute++)
            {
                if (!Has(minutes, minute))
                {
                    continue;
                }

                for (var at = hour == from.Hour && minute == from.Minute ? second : 0; at < 60; at++)
                {
                    if (Has(seconds, at))
                    {
                        return new LocalTime(hour, minute, at);
                    }
                }
            }
        }

        return null;
    }

    private static bool Has(ulong set, int value) => (set & (1UL << value)) != 0;

    private static bool TryField(string what, string text, int min, int max, string[] names, out ulong set, [NotNullWhen(false)] out string? problem)
    {
        set = 0;
        foreach (var part in text.Split(','))
        {
            if (!TryPart(part, min, max, names, ref set))
            {
                problem = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the field '{text}' ({what}) expects values of {min} to {max}{(names.Length > 0 ? $" or {names[0]} to {names[^1]}" : "")}, ranges a-b, steps /n, lists a,b or *");
                return false;
            }
        }

        problem = null;
        return true;
    }

    private static bool TryPart(string part, int min, int max, string[] names, ref ulong set)
    {
        var (range, step) = part.Split('/', 2) is [var before, var after] ? (before, after) : (part, null);
        var every = 1;
        if (step is not null && (!int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out every) || every < 1 || every > max))
        {
            return false;
        }

        int first, last;
        if (range is "*" or "?")
        {
            // Sunday stands once in a week that is walked through, though it has two numbers.
            (first, last) = (min, names == Weekdays ? max - 1 : max);
        }
        else if (range.Split('-', 2) is [var from, var to])
        {
            if (!TryValue(from, min, names, out first) || !TryValue(to, min, names, out last) || last < first)
            {
                return false;
            }
        }
        else
        {
            if (!TryValue(range, min, names, out first))
            {
                return false;
            }

            last = step is null ? first : max;
        }

        if (first < min || last > max)
        {
            return false;
        }

        for (var value = first; value <= last; value += every)
        {
            set |= 1UL << value;
        }

        return true;
    }

    private static bool TryValue(string text, int min, string[] names, out int value)
    {
        var named = Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (named >= 0)
        {
            value = named + min;
            return true;
        }

        const int DigitsMax = 2;
        value = -1;
        return text.Length <= DigitsMax && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
