using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Serilog.Core;
using Serilog.Events;

namespace Orchestrator.Hosting.Logging;

/// <summary>Lets one cause of trouble be told at most once a second: an outage that meets a thousand requests is one thing, not a thousand.</summary>
/// <remarks>
/// A cause is what happened and why: the event, its exception, and the words and whole numbers in it, ids left out. How often it happened since it was last told
/// stands in <c>Repeated</c>. What is no trouble, below <see cref="LogEventLevel.Warning"/>, is never held back.
/// </remarks>
public sealed partial class RepeatedTrouble(TimeProvider clock) : ILogEventFilter
{
    public const string Repeated = "Repeated";

    /// <summary>Causes that are remembered; beyond them one may be told more often, never less.</summary>
    private const int CausesMax = 1_000;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Cause> causes = new(StringComparer.Ordinal);

    public bool IsEnabled(LogEvent logEvent)
    {
        if (logEvent.Level < LogEventLevel.Warning)
        {
            return true;
        }

        if (causes.Count >= CausesMax)
        {
            causes.Clear();
        }

        if (causes.GetOrAdd(KeyOf(logEvent), _ => new Cause()).Again(clock) is not { } times)
        {
            return false;
        }

        if (times > 1)
        {
            logEvent.AddOrUpdateProperty(new LogEventProperty(Repeated, new ScalarValue(times)));
        }

        return true;
    }

    private static string KeyOf(LogEvent logEvent)
    {
        var words = from property in logEvent.Properties
                    where !property.Key.EndsWith("Id", StringComparison.Ordinal) && property.Value is ScalarValue { Value: string or int }
                    orderby property.Key
                    select Ids().Replace(property.Value.ToString(), "#");
        return $"{logEvent.MessageTemplate.Text}|{logEvent.Exception?.GetType().Name}|{string.Join('|', words)}";
    }

    [GeneratedRegex("[0-9a-f]{16,}")]
    private static partial Regex Ids();

    private sealed class Cause
    {
        private readonly Lock gate = new();
        private long? told;
        private long times;

        /// <summary>How often it has happened since it was last told, when it may be told again.</summary>
        public long? Again(TimeProvider clock)
        {
            lock (gate)
            {
                times++;
                if (told is { } last && clock.GetElapsedTime(last) < Quiet)
                {
                    return null;
                }

                (told, var happened, times) = (clock.GetTimestamp(), times, 0);
                return happened;
            }
        }
    }
}
