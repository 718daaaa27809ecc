using System.Collections.Immutable;
using NodaTime;
using NodaTime.TimeZones;
using Orchestrator.Decisions.Retries;
using Orchestrator.Vocabulary.Schedules;

namespace Orchestrator.Decisions.Schedules;

/// <summary>The windows of a schedule. Pure: the time zone database comes with the program, so every machine has the same windows.</summary>
/// <remarks>
/// Where a zone puts its clocks forward, a time that is left out comes at the moment of the change, once; where it puts them back, a time that comes twice
/// counts the first time. Expressions that recur (<see cref="CronExpression.Recurs"/>) go by elapsed time instead: nothing for an hour that is left out, all of an hour that comes twice.
/// </remarks>
public sealed class ScheduleCalendar
{
    private readonly ImmutableArray<CronExpression> expressions;
    private readonly DateTimeZone zone;
    private readonly ScheduleTimes times;

    private ScheduleCalendar(ScheduleTimes times, ImmutableArray<CronExpression> expressions, DateTimeZone zone)
    {
        this.times = times;
        this.expressions = expressions;
        this.zone = zone;
    }

    /// <summary>Reads times that <see cref="ScheduleRules"/> has found to be good.</summary>
    public static ScheduleCalendar Of(ScheduleTimes times)
    {
        var expressions = ImmutableArray.CreateBuilder<CronExpression>();
        foreach (var text in times.Cron.IsDefault ? [] : times.Cron)
        {
            expressions.Add(CronExpression.TryParse(text, out var expression, out var problem) ? expression : throw new ArgumentException($"'{text}': {problem}.", nameof(times)));
        }

        var zone = ZoneOf(times.TimeZone) ?? throw new ArgumentException($"There is no time zone '{times.TimeZone}'.", nameof(times));
        return new ScheduleCalendar(times, expressions.DrainToImmutable(), zone);
    }

    public static DateTimeZone? ZoneOf(string? name) => name is null ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(name);

    public static IReadOnlyCollection<string> ZoneNames => DateTimeZoneProviders.Tzdb.Ids;

    /// <summary>The first window after a moment; null when none comes.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        // From is a window itself if its moment is one.
        var start = times.From is { } from && from > after ? from.AddTicks(-1) : after;
        DateTimeOffset? next = null;
        foreach (var expression in expressions)
        {
            next = Earlier(next, Next(expression, start));
        }

        if (times.Every is { } every)
        {
            next = Earlier(next, Next(every, times.Anchor ?? DateTimeOffset.UnixEpoch, start));
        }

        return next <= (times.Until ?? DateTimeOffset.MaxValue) ? next : null;
    }

    /// <summary>The first windows after a moment.</summary>
    public ImmutableArray<DateTimeOffset> Next(DateTimeOffset after, int count)
    {
        var found = ImmutableArray.CreateBuilder<DateTimeOffset>();
        for (var next = Next(after); next is { } window && found.Count < count; next = Next(window))
        {
            found.Add(window);
        }

        return found.DrainToImmutable();
    }

    /// <summary>When a window is to be started: at its time, or by its jitter later.</summary>
    /// <param name="key">Names the window; the same key always draws the same.</param>
    public DateTimeOffset StartsAt(DateTimeOffset window, string key) =>
        times.Jitter is { } jitter ? window + TimeSpan.FromTicks((long)(jitter.Ticks * Pauses.DrawFor(key, attempt: 1))) : window;

    private static DateTimeOffset? Next(TimeSpan every, DateTimeOffset anchor, DateTimeOffset after)
    {
        // Floored, also before the anchor.
        var passed = Math.DivRem((after - anchor).Ticks, every.Ticks, out var rest) - (rest < 0 ? 1 : 0);
        var ticks = anchor.UtcTicks + (Int128)(passed + 1) * every.Ticks;
        return ticks > DateTimeOffset.MaxValue.UtcTicks ? null : new DateTimeOffset((long)ticks, TimeSpan.Zero);
    }

    private DateTimeOffset? Next(CronExpression expression, DateTimeOffset after)
    {
        // Windows are whole seconds, so the next one is a second later at the earliest.
        var from = Instant.FromUnixTimeSeconds(after.ToUnixTimeSeconds() + 1);
        var span = zone.GetZoneInterval(from);
        var local = from.WithOffset(span.WallOffset).LocalDateTime;
        while (true)
        {
            if (!expression.Recurs && span.HasStart && local < EndBefore(span))
            {
                // This local time has been before the clocks were put back.
                local = EndBefore(span);
            }

            if (expression.NextLocal(local) is not { } match)
            {
                return null;
            }

            if (!span.HasEnd || match < span.IsoLocalEnd)
            {
                return match.WithOffset(span.WallOffset).ToInstant().ToDateTimeOffset();
            }

            // The match lies behind a change of the clocks.
            var next = zone.GetZoneInterval(span.End);
            if (!expression.Recurs && match < next.IsoLocalStart)
            {
                return span.End.ToDateTimeOffset();
            }

            (span, local) = (next, next.IsoLocalStart);
        }
    }

    private LocalDateTime EndBefore(ZoneInterval span) => zone.GetZoneInterval(span.Start - Duration.Epsilon).IsoLocalEnd;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}
