namespace Orchestrator.BuiltinAgents.Specs;

/// <summary>A clock that stands still until it is told to fire what was asked of it.</summary>
internal sealed class StoppedClock : TimeProvider
{
    private readonly List<AskedTimer> timers = [];

    public static DateTimeOffset Noon { get; } = new(2025, 3, 10, 12, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<TimeSpan> Asked => [.. timers.Select(timer => timer.Due)];

    public override DateTimeOffset GetUtcNow() => Noon;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new AskedTimer(dueTime, () => callback(state));
        timers.Add(timer);
        return timer;
    }

    public void FireAll() => timers.ToList().ForEach(timer => timer.Fire());

    private sealed record AskedTimer(TimeSpan Due, Action Fire) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
