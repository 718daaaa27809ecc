using System.Collections.Immutable;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Plans;

/// <summary>Which steps come before which, as far as the plan's dependencies make sense.</summary>
internal sealed class StepOrder
{
    private readonly ImmutableArray<Step> steps;
    private readonly bool sequential;
    private readonly Dictionary<string, int> places;
    private readonly int[][] dependencies;
    private readonly int[]? sorted;
    private ulong[]?[]? ancestors;

    private StepOrder(Plan plan, Dictionary<string, int> places, int[][] dependencies)
    {
        steps = plan.Steps;
        sequential = plan.Mode == PlanMode.Sequential;
        this.places = places;
        this.dependencies = dependencies;
        sorted = sequential ? null : Sort(dependencies);
    }

    public IEnumerable<string> Ids => places.Keys;

    /// <summary>Reports what is wrong with ids and dependencies, and keeps the rest as the order.</summary>
    public static StepOrder Check(Plan plan, string pointer, PlanFindings found)
    {
        var steps = plan.Steps;
        var places = new Dictionary<string, int>(steps.Length, StringComparer.Ordinal);
        for (var i = 0; i < steps.Length; i++)
        {
            if (!places.TryAdd(steps[i].Id, i))
            {
                found.Add(PlanProblemCodes.DuplicateStep, $"{pointer}/steps/{i}/id", $"There is already a step '{steps[i].Id}', step {places[steps[i].Id] + 1} of the plan; ids are unique in a plan.");
            }
        }

        var dependencies = new int[steps.Length][];
        for (var i = 0; i < steps.Length; i++)
        {
            dependencies[i] = CheckDependencies(plan, i, places, pointer, found);
        }

        var order = new StepOrder(plan, places, dependencies);
        order.CheckCycles(pointer, found);
        return order;
    }

    public bool IsAt(string id, int place) => places[id] == place;

    public bool Has(string id) => places.ContainsKey(id);

    /// <summary>Whether the step of that id is done when the one at the given place starts. True where a cycle leaves no order to judge by.</summary>
    public bool IsBefore(string id, int place)
    {
        var other = places[id];
        if (sequential)
        {
            return other < place;
        }

        if (sorted!.Length < dependencies.Length || Array.IndexOf(dependencies[place], other) >= 0)
        {
            return true;
        }

        ancestors ??= FindAncestors();
        return ancestors[place] is { } bits && (bits[other >> 6] & (1UL << (other & 63))) != 0;
    }

    private static int[] CheckDependencies(Plan plan, int place, Dictionary<string, int> places, string pointer, PlanFindings found)
    {
        var step = plan.Steps[place];
        if (step.Dependencies.IsDefaultOrEmpty)
        {
            return [];
        }

        var known = new List<int>(step.Dependencies.Length);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var j = 0; j < step.Dependencies.Length; j++)
        {
            var id = step.Dependencies[j];
            var at = $"{pointer}/steps/{place}/dependencies/{j}";
            if (!seen.Add(id))
            {
                found.Add(PlanProblemCodes.DuplicateDependency, at, $"Step '{step.Id}' names its dependency '{id}' twice.");
            }
            else if (!places.TryGetValue(id, out var other))
            {
                var guess = found.Guess(id, places.Keys);
                found.Add(
                    PlanProblemCodes.UnknownDependency, at, $"Step '{step.Id}' depends on '{id}', which is no step of the plan{(guess is null ? "" : $"; did you mean '{guess}'?")}", guess);
            }
            else if (other == place)
            {
                found.Add(PlanProblemCodes.SelfDependency, at, $"Step '{step.Id}' depends on itself.");
            }
            else if (plan.Mode == PlanMode.Sequential && other > place)
            {
                found.Add(PlanProblemCodes.LaterDependency, at, $"The plan is sequential, so step '{step.Id}' cannot depend on '{id}', which comes later; change the order or say mode: dag.");
            }
            else
            {
                known.Add(other);
            }
        }

        return [.. known];
    }

    // Topological sort by counting what is missing (Kahn 1962). What is left over is in a cycle or behind one.
    private static int[] Sort(int[][] dependencies)
    {
        var missing = new int[dependencies.Length];
        var dependents = new List<int>?[dependencies.Length];
        var open = new Queue<int>();
        for (var i = 0; i < dependencies.Length; i++)
        {
            missing[i] = dependencies[i].Length;
            foreach (var dependency in dependencies[i])
            {
                (dependents[dependency] ??= []).Add(i);
            }

            if (missing[i] == 0)
            {
                open.Enqueue(i);
            }
        }

        var order = new List<int>(dependencies.Length);
        while (open.TryDequeue(out var next))
        {
            order.Add(next);
            foreach (var dependent in dependents[next] ?? [])
            {
                if (--missing[dependent] == 0)
                {
                    open.Enqueue(dependent);
                }
            }
        }

        return [.. order];
    }

    private void CheckCycles(string pointer, PlanFindings found)
    {
        if (sequential || sorted!.Length == steps.Length)
        {
            return;
        }

        // Each step that is left over depends on another that is left over. Walking such dependencies must come back to a step on the way:
        // that is a cycle. A walk that meets an earlier walk tells nothing new.
        var leftOver = new bool[steps.Length];
        Array.Fill(leftOver, true);
        foreach (var place in sorted)
        {
            leftOver[place] = false;
        }

        var walkOf = new int[steps.Length];
        for (var start = 0; start < steps.Length; start++)
        {
            if (!leftOver[start] || walkOf[start] != 0)
            {
                continue;
            }

            var way = new List<int>();
            var at = start;
            while (walkOf[at] == 0)
            {
                walkOf[at] = start + 1;
                way.Add(at);
                at = Array.Find(dependencies[at], dependency => leftOver[dependency]);
            }

            if (walkOf[at] == start + 1)
            {
                Report(way[way.IndexOf(at)..], pointer, found);
            }
        }
    }

    private void Report(List<int> cycle, string pointer, PlanFindings found)
    {
        const int NamesMax = 20;
        var names = cycle.Take(NamesMax).Select(place => $"'{steps[place].Id}'");
        var rest = cycle.Count > NamesMax ? $" → … {cycle.Count - NamesMax} more" : "";
        var first = steps[cycle[0]];
        var next = steps[cycle[cycle.Count > 1 ? 1 : 0]].Id;
        found.Add(
            PlanProblemCodes.Cycle,
            $"{pointer}/steps/{cycle[0]}/dependencies/{first.Dependencies.IndexOf(next)}",
            $"Each of these steps waits for the next, so none can start: {string.Join(" → ", names)}{rest} → '{first.Id}'.");
    }

    // One bit for each pair of steps: 12.5 MB for the largest plan, and only when a reference is not to a direct dependency.
    private ulong[]?[] FindAncestors()
    {
        var words = (steps.Length + 63) / 64;
        var bits = new ulong[]?[steps.Length];
        foreach (var place in sorted!)
        {
            if (dependencies[place].Length == 0)
            {
                continue;
            }

            var own = new ulong[words];
            foreach (var dependency in dependencies[place])
            {
                own[dependency >> 6] |= 1UL << (dependency & 63);
                if (bits[dependency] is { } theirs)
                {
                    for (var w = 0; w < words; w++)
                    {
                        own[w] |= theirs[w];
                    }
                }
            }

            bits[place] = own;
        }

        return bits;
    }
}
