using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Adapters.Postgres.Connections;

/// <summary>What an operator hears of the store: each cause at most once a second, with how often it came meanwhile.</summary>
internal sealed partial class StorageLog(ILogger logger, TimeProvider clock)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>Causes that are told apart; there are far fewer kinds of them.</summary>
    private const int CausesMax = 100;

    private readonly ConcurrentDictionary<string, Heard> causes = new(StringComparer.Ordinal);

    public void Failed(string doing, Exception failure)
    {
        var cause = doing + " " + PostgresFailures.Cause(failure);
        if (causes.Count >= CausesMax && !causes.ContainsKey(cause))
        {
            cause = "other";
        }

        if (causes.GetOrAdd(cause, _ => new Heard()).Again(clock) is { } times)
        {
            LogFailed(doing, PostgresFailures.ToUnavailable(failure).Message, times);
        }
    }

    public void WentOn(string doing) => LogWentOn(doing);

    public void CountsAsLost(long epoch) => LogCountsAsLost(epoch);

    public void ClockIsWrong(TimeSpan ahead, TimeSpan allowed) => LogClockIsWrong(ahead.TotalSeconds, allowed.TotalSeconds);

    [LoggerMessage(EventId = 3104, EventName = "ClockIsWrong", Level = LogLevel.Warning,
        Message = "The clock of this machine is {Ahead:0.0} s ahead of the database's (behind, if negative), over the {Allowed:0.0} s allowed: deadlines and times in events are off by that much. Set it right")]
    private partial void LogClockIsWrong(double ahead, double allowed);

    [LoggerMessage(EventId = 3103, EventName = "ProcessCountsAsLost", Level = LogLevel.Error,
        Message = "This process (epoch {Epoch}) was cut off from the store for longer than its lease and counts as lost: others take over what it owes. Restart it")]
    private partial void LogCountsAsLost(long epoch);

    [LoggerMessage(EventId = 3101, EventName = "StoreFailed", Level = LogLevel.Warning, Message = "The store failed while {Doing}: {Said} ({Times} times since this was last told)")]
    private partial void LogFailed(string doing, string said, long times);

    [LoggerMessage(EventId = 3102, EventName = "StoreWentOn", Level = LogLevel.Information, Message = "The store goes on: {Doing}")]
    private partial void LogWentOn(string doing);

    private sealed class Heard
    {
        private readonly Lock gate = new();
        private long told;
        private long times;

        /// <summary>How often it was heard since it was last told, when it may be told again.</summary>
        public long? Again(TimeProvider clock)
        {
            lock (gate)
            {
                times++;
                if (told != 0 && clock.GetElapsedTime(told) < Quiet)
                {
                    return null;
                }

                var heard = times;
                told = clock.GetTimestamp();
                times = 0;
                return heard;
            }
        }
    }
}
