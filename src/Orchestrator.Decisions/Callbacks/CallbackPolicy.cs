namespace Orchestrator.Decisions.Callbacks;

/// <summary>How long a callback is tried.</summary>
/// <param name="First">The pause after the first failed try; each later one is <paramref name="Factor"/> times as long, up to <paramref name="Max"/>.</param>
/// <param name="TriesMax">After so many failed tries it is given up, until somebody asks for it again.</param>
public sealed record CallbackPolicy(TimeSpan First, double Factor, TimeSpan Max, int TriesMax)
{
    /// <summary>5 s, 25 s, 2 min, 10 min, then every hour: about a day.</summary>
    public static CallbackPolicy Default { get; } = new(TimeSpan.FromSeconds(5), 5, TimeSpan.FromHours(1), 28);
}

/// <summary>How one try ended.</summary>
/// <param name="Status">What the receiver answered; null when there was no answer.</param>
/// <param name="Problem">What went wrong, for people; null when nothing did.</param>
/// <param name="RetryAfter">What the receiver asks for.</param>
public readonly record struct CallbackOutcome(int? Status, string? Problem = null, TimeSpan? RetryAfter = null);

/// <summary>Whether a callback has arrived, is tried again, or is given up.</summary>
public enum CallbackVerdict
{
    Delivered = 1,
    TryAgain = 2,
    GiveUp = 3,
}

/// <summary>What follows from how a try ended.</summary>
public static class CallbackDecisions
{
    private const int Gone = 410;

    /// <param name="tries">Tries made, this one included.</param>
    /// <returns>The verdict, and the pause before the next try where there is one.</returns>
    public static (CallbackVerdict Verdict, TimeSpan Pause) Judge(CallbackPolicy policy, int tries, CallbackOutcome outcome)
    {
        if (outcome.Status is >= 200 and < 300)
        {
            return (CallbackVerdict.Delivered, default);
        }

        // A receiver that is gone says so (Standard Webhooks); every other answer may be a mistake that somebody mends.
        if (outcome.Status == Gone || tries >= policy.TriesMax)
        {
            return (CallbackVerdict.GiveUp, default);
        }

        var grown = policy.First * Math.Min(Math.Pow(policy.Factor, tries - 1), policy.Max / policy.First);
        var asked = outcome.RetryAfter is { } wished && wished < policy.Max ? wished : outcome.RetryAfter is null ? TimeSpan.Zero : policy.Max;
        return (CallbackVerdict.TryAgain, grown > asked ? grown : asked);
    }
}
