using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>Whether an instance is well, as its checks tell. One check that goes the other way changes nothing yet: only a row of them turns it.</summary>
internal sealed class InstanceHealth
{
    private int against;

    /// <summary>True before the first check.</summary>
    public bool Healthy { get; private set; } = true;

    /// <summary>When the newest check was begun; null before the first.</summary>
    public DateTimeOffset? CheckedAt { get; private set; }

    public bool IsDue(HealthCheck check, DateTimeOffset now) => CheckedAt is not { } at || now - at >= check.Interval;

    public void Begin(DateTimeOffset now) => CheckedAt = now;

    /// <summary>Notes how a check ended, and tells whether that turned it.</summary>
    public bool Note(bool well, HealthCheck check)
    {
        against = well == Healthy ? 0 : against + 1;
        if (against < (Healthy ? check.UnhealthyAfter : check.HealthyAfter))
        {
            return false;
        }

        (Healthy, against) = (well, 0);
        return true;
    }

    /// <summary>Nobody asks any more, so nothing is known.</summary>
    public void Forget() => (Healthy, against, CheckedAt) = (true, 0, null);
}
