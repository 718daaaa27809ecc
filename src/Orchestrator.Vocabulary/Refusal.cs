namespace Orchestrator.Vocabulary;

/// <summary>An expected no: why a request was not taken, as a value.</summary>
/// <param name="Code">Stable; the API maps it to a status in one table.</param>
/// <param name="Message">Names the thing, what was expected, what was found.</param>
/// <param name="RetryAfter">Set where the same request may succeed later.</param>
[GenerateSerializer, Immutable, Alias("refusal")]
public sealed record Refusal([property: Id(0)] string Code, [property: Id(1)] string Message, [property: Id(2)] TimeSpan? RetryAfter = null);
