namespace Orchestrator.LocalRuntime;

/// <summary>A grain that is called by its reminders, and activated for it where need be.</summary>
public interface IRemindable : IGrain
{
    /// <summary>Ticks come at or after their time, at least once; what fell due while no process ran is one tick, not many.</summary>
    Task ReceiveReminder(string reminderName, TickStatus status);
}

/// <summary>A registered reminder.</summary>
public interface IGrainReminder
{
    string ReminderName { get; }
}

/// <summary>Which tick this is. All times are UTC.</summary>
[GenerateSerializer, Immutable]
public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
{
    [Id(0)]
    public DateTime FirstTickTime { get; } = firstTickTime;

    [Id(1)]
    public TimeSpan Period { get; } = period;

    [Id(2)]
    public DateTime CurrentTickTime { get; } = timeStamp;

    public override string ToString() => $"<{FirstTickTime:O}, {Period}, {CurrentTickTime:O}>";
}

public sealed class ReminderException(string message) : OrleansException(message);
