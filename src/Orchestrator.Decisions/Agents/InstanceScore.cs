namespace Orchestrator.Decisions.Agents;

/// <summary>How fit an instance is for the next call, 0 to 1 (S4-20 to S4-24).</summary>
public static class InstanceScore
{
    /// <param name="averageSeconds">Null before the first call, which counts as 1 s.</param>
    /// <param name="successRate">0 to 1; null before the first call, which counts as 0.5.</param>
    public static double Of(double? averageSeconds, double? successRate, int callsOut, bool healthy)
    {
        var responseTime = 1 - Math.Min((averageSeconds ?? 1.0) / 10, 1);
        var load = 1 - Math.Min(callsOut / 10.0, 1);
        return (0.3 * responseTime) + (0.3 * (successRate ?? 0.5)) + (0.2 * load) + (0.2 * (healthy ? 1.0 : 0.0));
    }
}
