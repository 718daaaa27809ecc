namespace Orchestrator.Decisions.Agents;

/// <summary>How the calls of one instance have gone lately.</summary>
/// <remarks>A running mean over all calls until there are a hundred, from then on each new one counts for a hundredth: old times fade.</remarks>
internal sealed class CallRecord
{
    private const int Window = 100;

    private int calls;
    private double seconds;
    private double answered;

    /// <summary>Null before the first call.</summary>
    public double? AverageSeconds => calls == 0 ? null : seconds;

    /// <summary>0 to 1; null before the first call.</summary>
    public double? SuccessRate => calls == 0 ? null : answered;

    public void Note(bool success, TimeSpan elapsed)
    {
        calls = Math.Min(calls + 1, Window);
        seconds += (elapsed.TotalSeconds - seconds) / calls;
        answered += ((success ? 1 : 0) - answered) / calls;
    }
}
