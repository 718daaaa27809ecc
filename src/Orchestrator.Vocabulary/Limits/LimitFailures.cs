namespace Orchestrator.Vocabulary.Limits;

/// <summary>The codes under which named limits refuse calls.</summary>
public static class LimitFailures
{
    /// <summary>Nobody declared a limit of that name. Final: a limit that was misspelt must not let everything through.</summary>
    public const string NotFound = "limit.not_found";

    /// <summary>There is no room now, and the limit lets nobody wait.</summary>
    public const string Exceeded = "limit.exceeded";

    /// <summary>As many calls wait as may, and this key has its share of the queue.</summary>
    public const string QueueFull = "limit.queue_full";

    /// <summary>There was no room within the time the limit lets calls wait.</summary>
    public const string WaitedTooLong = "limit.waited_too_long";

    /// <summary>As many keys are in use as one limit keeps apart.</summary>
    public const string TooManyKeys = "limit.too_many_keys";

    /// <summary>The limit sends calls to a place where this one cannot be made. Final.</summary>
    public const string NoFallback = "limit.no_fallback";
}
