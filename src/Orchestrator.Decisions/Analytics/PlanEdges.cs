using System.Collections.Immutable;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Analytics;

/// <summary>Which step waits for which.</summary>
internal sealed class PlanEdges
{
    private readonly ImmutableArray<string> order;
    private readonly ImmutableDictionary<string, ImmutableHashSet<string>> before;

    private PlanEdges(ImmutableArray<string> order, ImmutableDictionary<string, ImmutableHashSet<string>> before) => (this.order, this.before) = (order, before);

    /// <param name="plan">Valid: without circles.</param>
    public static PlanEdges Of(Plan plan)
    {
        var before = ImmutableDictionary.CreateBuilder<string, ImmutableHashSet<string>>(StringComparer.Ordinal);
        for (var at = 0; at < plan.Steps.Length; at++)
        {
            var step = plan.Steps[at];
            before[step.Id] = plan.Mode == PlanMode.Sequential ? (at == 0 ? [] : [plan.Steps[at - 1].Id]) : step.Dependencies.IsDefault ? [] : [.. step.Dependencies];
        }

        var edges = before.ToImmutable();
        return new(Sorted([.. plan.Steps.Select(step => step.Id)], edges), edges);
    }

    public IEnumerable<(string Earlier, string Later)> All => order.SelectMany(later => before[later].Order(StringComparer.Ordinal).Select(earlier => (earlier, later)));

    /// <summary>The steps whose outputs or outcomes this one uses.</summary>
    public static ImmutableHashSet<string> UsedBy(Step step)
    {
        IEnumerable<Payload?> templates = [step.Input, step.ForEach?.Items, step.Compensate?.Input, step.Approval is { } approval ? Payload.From(approval.Prompt) : null];
        return
        [
            .. templates.OfType<Payload>().SelectMany(template => References.In(template).References)
                .Concat(step.When is { } when ? References.In(when).References : [])
                .Select(reference => reference.StepId)
                .OfType<string>(),
        ];
    }

    /// <summary>The same without one edge. What lay before the earlier step stays before the later one, and what lay behind the later one stays behind the earlier.</summary>
    public PlanEdges Without(string earlier, string later)
    {
        var changed = before.SetItem(later, before[later].Remove(earlier).Union(before[earlier]));
        foreach (var (step, waits) in before.Where(pair => pair.Value.Contains(later)))
        {
            changed = changed.SetItem(step, waits.Add(earlier));
        }

        return new(Sorted(order, changed), changed);
    }

    /// <summary>How long the plan takes when each step takes its time and starts as soon as it may.</summary>
    public TimeSpan Length(IReadOnlyDictionary<string, TimeSpan> times)
    {
        var ends = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var step in order)
        {
            ends[step] = before[step].Select(earlier => ends[earlier]).DefaultIfEmpty().Max() + times[step];
        }

        return ends.Values.DefaultIfEmpty().Max();
    }

    /// <summary>Backwards from the step that ended last, each time to the one it waited for longest.</summary>
    public ImmutableArray<string> DecidingPath(WorkflowView run)
    {
        var ends = PlanAnalysis.TopSteps(run).ToDictionary(step => step.Path.Value, step => step.FinishedAt!.Value, StringComparer.Ordinal);
        var path = new List<string>();
        for (var step = Last(ends.Keys); step is not null; step = Last(before[step].Where(ends.ContainsKey)))
        {
            path.Add(step);
        }

        path.Reverse();
        return [.. path];

        string? Last(IEnumerable<string> steps) => steps.Where(before.ContainsKey).OrderByDescending(step => ends[step]).ThenBy(step => step, StringComparer.Ordinal).FirstOrDefault();
    }

    private static ImmutableArray<string> Sorted(ImmutableArray<string> steps, ImmutableDictionary<string, ImmutableHashSet<string>> before)
    {
        var sorted = ImmutableArray.CreateBuilder<string>(steps.Length);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var left = steps.ToList();
        while (left.Count > 0)
        {
            var free = left.Where(step => before[step].All(placed.Contains)).ToList();
            if (free.Count == 0)
            {
                throw new ArgumentException($"Steps {string.Join(", ", left)} wait for each other in a circle.", nameof(before));
            }

            sorted.AddRange(free);
            placed.UnionWith(free);
            left.RemoveAll(placed.Contains);
        }

        return sorted.ToImmutable();
    }
}
