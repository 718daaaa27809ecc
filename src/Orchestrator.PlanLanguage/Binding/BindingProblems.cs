using System.Collections.Immutable;
using Orchestrator.Decisions.Plans;
using Orchestrator.PlanLanguage.Documents;

namespace Orchestrator.PlanLanguage.Binding;

/// <summary>What the document itself has wrong, and then what the rules say of the plan it holds, each with its place.</summary>
internal sealed class BindingProblems(Node root)
{
    private readonly List<PlanDocumentProblem> problems = [];
    private int unlisted;

    public bool IsFull => problems.Count >= PlanLimits.ProblemsMax;

    public void Add(string code, string message, string pointer, int line, int column, string? suggestion = null)
    {
        if (IsFull)
        {
            unlisted++;
            return;
        }

        problems.Add(new PlanDocumentProblem(code, message, pointer, line, column, suggestion));
    }

    public void Wrong(Node found, string pointer, string expected, string? suggestion = null) => Add(
        PlanProblemCodes.WrongType,
        $"Expected {expected}, found {found.Kind}{(suggestion is null ? "." : $"; write {suggestion}.")}",
        pointer, found.Line, found.Column, suggestion);

    /// <summary>Adds what the rules found, except where it only follows from what the document has wrong at the same place.</summary>
    public void AddRules(ImmutableArray<PlanProblem> found)
    {
        var places = problems.Select(problem => problem.Pointer).ToArray();
        foreach (var problem in found)
        {
            if (problem.Pointer.Length > 0 && Array.Exists(places, place => Within(place, problem.Pointer) || Within(problem.Pointer, place)))
            {
                continue;
            }

            var (line, column) = PlaceOf(problem.Pointer);
            Add(problem.Code, problem.Message, problem.Pointer, line, column, problem.Suggestion);
        }
    }

    public ImmutableArray<PlanDocumentProblem> ToImmutable()
    {
        var sorted = problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).ToImmutableArray();
        return unlisted == 0
            ? sorted
            : sorted.Add(new(PlanProblemCodes.TooManyProblems, $"There are {unlisted} more problems than the {PlanLimits.ProblemsMax} listed.", "", root.Line, root.Column));
    }

    private static bool Within(string pointer, string outer) =>
        pointer.StartsWith(outer, StringComparison.Ordinal) && (pointer.Length == outer.Length || pointer[outer.Length] == '/');

    // The nearest thing on the way that is there. Declared inputs may be an object where the pointer counts them as an array.
    private (int Line, int Column) PlaceOf(string pointer)
    {
        var at = root;
        foreach (var segment in pointer.Split('/').Skip(1))
        {
            var name = segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            var index = int.TryParse(name, out var number) ? number : -1;
            var next = at switch
            {
                MapNode map => map[name] ?? (index >= 0 && index < map.Members.Count ? map.Members[index].Value : null),
                ListNode list when index >= 0 && index < list.Items.Count => list.Items[index],
                _ => null,
            };
            if (next is null)
            {
                break;
            }

            at = next;
        }

        return (at.Line, at.Column);
    }
}
