using System.ComponentModel.DataAnnotations;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.ApiHost.Tasks;

/// <summary>How tasks are tried (S2-35, S2-39) and requests in words are answered.</summary>
public sealed class TaskOptions
{
    public const string Section = "Tasks";

    /// <summary>Attempts at a task, the first included. <c>error_recovery.max_retries</c> is one less.</summary>
    /// <value>1 to 1,000. The default is 4: three retries.</value>
    [Range(1, 1_000)]
    public int AttemptsMax { get; set; } = 4;

    /// <summary>The rest after the first attempt.</summary>
    /// <value>0 to 1 day. The default is 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>By how much each rest is longer than the one before.</summary>
    /// <value>1 to 100. The default is 2, which gives rests of 1, 2 and 4 s.</value>
    [Range(1d, 100d)]
    public double BackoffMultiplier { get; set; } = 2;

    /// <summary>For each attempt at a task, where neither the request nor its route says; for a request in words as a whole (S4-46).</summary>
    /// <value>10 ms to 30 days. The default is 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "30.00:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Requests in words that are answered at the same time (S4-45); one more is answered 503.</summary>
    /// <value>1 to 100,000. The default is 100.</value>
    [Range(1, 100_000)]
    public int RequestsMax { get; set; } = 100;

    /// <summary>How long it can be read what a request in words took (S4-38).</summary>
    /// <value>1 minute to 30 days. The default is 1 day. Workflows are not kept for it.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan RequestMetricsFor { get; set; } = TimeSpan.FromDays(1);

    internal RetryPolicy ToPolicy() => new(AttemptsMax, Backoff.Exponential, RetryDelay, BackoffMultiplier);
}
