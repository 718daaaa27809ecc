using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Testing.Topics;

/// <summary>Events to publish.</summary>
public static class SampleEvents
{
    /// <summary>The event of this number of one source: the same number is the same event.</summary>
    public static CloudEvent Sample(int number, string source = "/tests") => new(
        string.Create(CultureInfo.InvariantCulture, $"e-{number}"), source, "sample.happened", Subject: null,
        Payload.From(new { number }), ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>Events <paramref name="first"/> to <paramref name="last"/>.</summary>
    public static ImmutableArray<CloudEvent> Samples(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(number => Sample(number))];
}
