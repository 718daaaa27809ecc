using Orchestrator.Decisions.Limits;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>Says at the door whether new work for an agent is taken now, so that a caller hears a no at once instead of waiting in a line (part B 15: at the door a limit rejects, inside a workflow it waits).</summary>
/// <remarks>
/// Its bucket is one of its own, of the agent's shape: work that was taken at the door has paid there, and waits for the agent's bucket like all other work.
/// It is lost with the process, which lets at most one burst too many in.
/// </remarks>
public sealed class Admission
{
    private RateLimit? shape;
    private TokenBucket? bucket;

    /// <summary>Null when the work is taken; it has then paid.</summary>
    /// <param name="agent">Null when nobody declared it.</param>
    public Refusal? Ask(string name, AgentRegistration? agent, AgentDesk desk, DateTimeOffset now)
    {
        if (agent is null)
        {
            return new Refusal("agent.unavailable", Unavailable(name));
        }

        if (agent.Disabled is { } why)
        {
            return new Refusal("agent.disabled", why);
        }

        if (OpensIn(desk, now) is { } wait)
        {
            return new Refusal("agent.unavailable", Unavailable(name), wait);
        }

        // A queue of none is full only while there is no room either.
        if (desk.Waiting >= agent.QueueMax && (agent.QueueMax > 0 || desk.CallsOut >= agent.Concurrency))
        {
            return new Refusal("agent.queue_full", "Queue is full");
        }

        if (agent.RateLimit != shape)
        {
            bucket = agent.RateLimit is { } limit ? bucket?.Reshaped(limit, now) ?? new TokenBucket(limit, now) : null;
            shape = agent.RateLimit;
        }

        if (bucket is not null && !bucket.Has(now))
        {
            return new Refusal("agent.rate_limited", $"Rate limit exceeded for agent '{name}'", bucket.TimeOf(1, now) - now);
        }

        bucket?.Take(now);
        return null;
    }

    public static string Unavailable(string name) => $"Agent '{name}' is currently unavailable";

    // How long no instance will take a call; null when one does. An instance that a person has shut says nothing of when it opens.
    private static TimeSpan? OpensIn(AgentDesk desk, DateTimeOffset now)
    {
        TimeSpan? soonest = null;
        foreach (var breaker in desk.Instances.Select(instance => instance.Breaker))
        {
            if (breaker.Status != BreakerStatus.Open || (!breaker.ByHand && (breaker.OpenUntil ?? now) <= now))
            {
                return null;
            }

            var wait = breaker.ByHand ? TimeSpan.FromMinutes(1) : breaker.OpenUntil!.Value - now;
            soonest = soonest is null || wait < soonest ? wait : soonest;
        }

        return soonest;
    }
}
