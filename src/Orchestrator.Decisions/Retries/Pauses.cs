using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Retries;

/// <summary>How long a step rests before its next attempt, and whether there is one.</summary>
public static class Pauses
{
    /// <summary>No pause is longer, whatever the formula gives.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromDays(7);

    /// <summary>Whether a failure of the given attempt is followed by another attempt.</summary>
    public static bool AllowsAnother(RetryPolicy policy, int attempt, StepFailure failure) =>
        failure.Retryable
        && attempt < policy.MaxAttempts
        && (policy.NonRetryable.IsDefaultOrEmpty || !policy.NonRetryable.Contains(failure.Code, StringComparer.Ordinal));

    /// <summary>The pause after the given attempt: S2-39 when exponential, S3-12 when linear; never shorter than the agent asked for.</summary>
    /// <param name="draw">0 to 1: which part of the allowed jitter is added.</param>
    public static TimeSpan After(RetryPolicy policy, int attempt, TimeSpan? retryAfter, double draw)
    {
        var initial = policy.InitialInterval.TotalMilliseconds;
        var pause = policy.Backoff switch
        {
            Backoff.Fixed => initial,
            Backoff.Linear => initial * attempt,
            Backoff.Exponential => initial * Math.Pow(policy.Coefficient, attempt - 1),
            _ => throw new InvalidOperationException($"A retry policy has the backoff '{policy.Backoff}', which no plan can ask for."),
        };
        var bound = (policy.MaxInterval ?? LongestPause).TotalMilliseconds;
        var bounded = Math.Min(Math.Min(pause, bound) * (1 + (policy.Jitter * draw)), LongestPause.TotalMilliseconds);
        var asked = retryAfter?.TotalMilliseconds ?? 0;
        return TimeSpan.FromMilliseconds(Math.Max(bounded, asked));
    }

    /// <summary>A draw for <see cref="After"/> that is the same whenever the same decision is made again.</summary>
    /// <remarks>FNV-1a (Fowler, Noll, Vo), 64 bit, over the key and the attempt. Chance would make a decision differ from its replay.</remarks>
    public static double DrawFor(string key, int attempt)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in key)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        hash = (hash ^ (uint)attempt) * 1099511628211UL;
        return (hash >> 11) / (double)(1UL << 53);
    }
}
