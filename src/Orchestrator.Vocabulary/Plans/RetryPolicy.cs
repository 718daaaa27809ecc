using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Plans;

/// <summary>How the pauses between attempts grow.</summary>
[GenerateSerializer, Alias("backoff")]
[JsonConverter(typeof(SnakeCaseEnumConverter<Backoff>))]
public enum Backoff
{
    /// <summary>Never written. Reading it is a fault.</summary>
    None = 0,

    /// <summary>Always <see cref="RetryPolicy.InitialInterval"/>.</summary>
    Fixed = 1,

    /// <summary><c>InitialInterval × n</c> after the n-th attempt: the S3 formula.</summary>
    Linear = 2,

    /// <summary><c>InitialInterval × Coefficient^(n−1)</c> after the n-th attempt: the S2 formula.</summary>
    Exponential = 3,
}

/// <summary>How often a step is tried and how long it rests in between.</summary>
/// <param name="MaxAttempts">Attempts in all, the first included; 1 means no retry.</param>
/// <param name="Coefficient">For <see cref="Backoff.Exponential"/>.</param>
/// <param name="MaxInterval">No pause is longer; null for no bound.</param>
/// <param name="Jitter">From 0 to 1: the share of a pause that may be added to it. A pause is never shortened.</param>
/// <param name="NonRetryable">Failure codes that end the step at once, whatever the failure says of itself.</param>
[GenerateSerializer, Immutable, Alias("retry-policy")]
public sealed record RetryPolicy(
    [property: Id(0)] int MaxAttempts,
    [property: Id(1)] Backoff Backoff = Backoff.Exponential,
    [property: Id(2), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan InitialInterval = default,
    [property: Id(3)] double Coefficient = 2,
    [property: Id(4), JsonConverter(typeof(MillisecondsJsonConverter))] TimeSpan? MaxInterval = null,
    [property: Id(5)] double Jitter = 0,
    [property: Id(6)] ImmutableArray<string> NonRetryable = default)
{
    /// <summary>A step without a policy is tried once (S3-11).</summary>
    public static RetryPolicy Once { get; } = new(1);

    /// <summary>What <c>retryPolicy: {maxRetries, backoffMs}</c> means: n retries after the first attempt, linear (S3-12).</summary>
    public static RetryPolicy FromRetries(int maxRetries, TimeSpan backoff) => new(maxRetries + 1, Backoff.Linear, backoff);
}
