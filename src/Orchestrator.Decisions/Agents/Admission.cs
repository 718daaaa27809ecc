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
    /// <summary>What a person has shut says nothing of when it opens.</summary>
    private static readonly TimeSpan UntilAPersonOpens = TimeSpan.FromMinutes(1);

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

        if (OpensIn(agent, desk, now) is { } wait)
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

    // How long no instance will take a call and be well; null when one does.
    private static TimeSpan? OpensIn(AgentRegistration agent, AgentDesk desk, DateTimeOffset now)
    {
        TimeSpan? soonest = null;
        foreach (var instance in desk.Instances)
        {
            if (OpensIn(agent, instance, now) is not { } wait)
            {
                return null;
            }

            soonest = soonest is null || wait < soonest ? wait : soonest;
        }

        return soonest;
    }

    private static TimeSpan? OpensIn(AgentRegistration agent, InstanceStanding instance, DateTimeOffset now)
    {
        var breaker = instance.Breaker;
        if (instance.Instance.Drain || (breaker.Status == BreakerStatus.Open && breaker.ByHand))
        {
            return UntilAPersonOpens;
        }

        if (breaker.Status == BreakerStatus.Open && breaker.OpenUntil > now)
        {
            return breaker.OpenUntil.Value - now;
        }

        // Inside, calls that were taken still go out where nobody is well, lest a check that is wrong stops them. New work can be told to come again.
        return instance.Healthy ? null : agent.Health?.Interval ?? UntilAPersonOpens;
    }
}
