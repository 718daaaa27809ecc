using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Analytics;

/// <summary>A change of the plan that would make it quicker, judged by how long its steps took so far.</summary>
/// <param name="Earlier">Runs before <paramref name="Later"/> now, and need not: no output of it is used there.</param>
public sealed record PlanSuggestion(string Earlier, string Later, TimeSpan Saves, string Sentence)
{
    private const int Most = 10;
    private const double LeastShare = 0.02;
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    /// <summary>The edges that no output travels along, by what leaving each out would save; each is judged by itself.</summary>
    /// <remarks>A person, a message and a time are waited for on purpose: such edges stay.</remarks>
    internal static ImmutableArray<PlanSuggestion> For(Plan plan, PlanEdges edges, IReadOnlyDictionary<string, TimeSpan> times)
    {
        var steps = plan.Steps.ToDictionary(step => step.Id, StringComparer.Ordinal);
        var now = edges.Length(times);
        return
        [
            .. edges.All
                .Where(edge => IsWork(steps[edge.Earlier]) && IsWork(steps[edge.Later]) && !PlanEdges.UsedBy(steps[edge.Later]).Contains(edge.Earlier))
                .Select(edge => (edge.Earlier, edge.Later, Saves: now - edges.Without(edge.Earlier, edge.Later).Length(times)))
                .Where(found => found.Saves >= Least && found.Saves >= now * LeastShare)
                .OrderByDescending(found => found.Saves).ThenBy(found => found.Earlier, StringComparer.Ordinal).ThenBy(found => found.Later, StringComparer.Ordinal)
                .Take(Most)
                .Select(found => new PlanSuggestion(found.Earlier, found.Later, found.Saves, string.Create(
                    CultureInfo.InvariantCulture,
                    $"Steps {found.Earlier} and {found.Later} do not depend on each other: run them in parallel, saves about {Shown(found.Saves)}."))),
        ];
    }

    private static bool IsWork(Step step) => step.Kind is StepKind.Call or StepKind.SubPlan;

    private static string Shown(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
