using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Journals;

/// <summary>Who has been given to a waker of late, for a store that one process has to itself: nothing is lost when it forgets.</summary>
/// <remarks>Any number of callers at once.</remarks>
public sealed class WakeClaims
{
    /// <summary>Workflows whose rest is remembered. Forgetting one only means that it is woken earlier.</summary>
    private const int RestsMax = 100_000;

    private readonly Lock gate = new();
    private readonly Dictionary<WorkflowId, Rest> rests = [];

    /// <summary>How many may be at rest: a look that wants so many ready ones must ask for this many more, for those at rest may come first.</summary>
    public int Resting
    {
        get
        {
            lock (gate)
            {
                return rests.Count;
            }
        }
    }

    /// <summary>Gives a workflow to the caller, unless it is at rest. An event since the last claim, which shows as another version, ends a rest.</summary>
    public bool TryClaim(WorkflowId workflow, long version, DateTimeOffset now, WakeRest rest)
    {
        lock (gate)
        {
            var before = rests.TryGetValue(workflow, out var found) && found.Version == version ? found : default;
            if (before.Until > now)
            {
                return false;
            }

            if (before.Times > 0 || rests.Count < RestsMax)
            {
                rests[workflow] = new Rest(version, now + rest.After(before.Times + 1), before.Times + 1);
            }

            return true;
        }
    }

    /// <summary>When a workflow may be given: when it is due, or when its rest is over.</summary>
    public DateTimeOffset GivenAt(WorkflowId workflow, long version, DateTimeOffset due)
    {
        lock (gate)
        {
            return rests.TryGetValue(workflow, out var rest) && rest.Version == version && rest.Until > due ? rest.Until : due;
        }
    }

    /// <summary>Forgets rests that ended long ago: whoever is due again after that is a new matter.</summary>
    public void ForgetEnded(DateTimeOffset now, WakeRest rest)
    {
        lock (gate)
        {
            foreach (var (workflow, kept) in rests)
            {
                if (kept.Until + rest.Max < now)
                {
                    rests.Remove(workflow);
                }
            }
        }
    }

    private readonly record struct Rest(long Version, DateTimeOffset Until, int Times);
}
