using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Workflows;

/// <summary>A validated plan with its edges looked up once: who waits for whom.</summary>
public sealed class PlanGraph
{
    private readonly Dictionary<string, int> indexById;
    private readonly ImmutableArray<ImmutableArray<int>> dependents;

    public PlanGraph(Plan plan)
    {
        Plan = plan;
        var steps = plan.Steps;
        var index = new Dictionary<string, int>(steps.Length, StringComparer.Ordinal);
        for (var i = 0; i < steps.Length; i++)
        {
            index.Add(steps[i].Id, i);
        }

        var dependencies = new ImmutableArray<int>[steps.Length];
        var waiting = new List<int>?[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            var own = DependenciesOf(plan, i, index);
            dependencies[i] = own;
            foreach (var dependency in own)
            {
                (waiting[dependency] ??= []).Add(i);
            }
        }

        indexById = index;
        Dependencies = [.. dependencies];
        dependents = [.. waiting.Select(list => list is null ? [] : list.ToImmutableArray())];
    }

    public Plan Plan { get; }

    /// <summary>By place in <see cref="Plan.Steps"/>: the places of the steps each one waits for.</summary>
    public ImmutableArray<ImmutableArray<int>> Dependencies { get; }

    public Step? Find(string id) => indexById.TryGetValue(id, out var index) ? Plan.Steps[index] : null;

    /// <summary>The ids of the steps the given one waits for, the one before it in a sequential plan included.</summary>
    public ImmutableArray<string> DependencyIdsOf(string id) => [.. Dependencies[indexById[id]].Select(index => Plan.Steps[index].Id)];

    /// <summary>The steps that wait for the given one, in plan order.</summary>
    public ImmutableArray<int> DependentsOf(string id) => dependents[indexById[id]];

    /// <summary>The given steps and everything that waits for them, near or far.</summary>
    public ImmutableHashSet<string> WithDescendants(string id)
    {
        var found = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        var open = new Stack<string>([id]);
        while (open.TryPop(out var next))
        {
            if (!found.Add(next))
            {
                continue;
            }

            foreach (var dependent in DependentsOf(next))
            {
                open.Push(Plan.Steps[dependent].Id);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>The steps nobody waits for, in plan order: their outputs are the plan's when it names none.</summary>
    public IEnumerable<Step> Leaves()
    {
        for (var i = 0; i < dependents.Length; i++)
        {
            if (dependents[i].IsEmpty)
            {
                yield return Plan.Steps[i];
            }
        }
    }

    // In a sequential plan each step waits for the one before it, whatever else it names: the list's order rules.
    private static ImmutableArray<int> DependenciesOf(Plan plan, int step, Dictionary<string, int> index)
    {
        if (plan.Mode == PlanMode.Sequential)
        {
            return step == 0 ? [] : [step - 1];
        }

        var named = plan.Steps[step].Dependencies;
        return named.IsDefaultOrEmpty ? [] : [.. named.Distinct(StringComparer.Ordinal).Select(id => index[id])];
    }
}
