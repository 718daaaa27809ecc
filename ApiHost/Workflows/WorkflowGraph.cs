using System.Collections.Immutable;
using Orchestrator.ApiHost.Contract;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>A workflow as nodes and edges.</summary>
internal sealed record GraphResponse(string Id, WorkflowStatus State, long Version, ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphEdge> Edges);

/// <param name="Parent">The step whose sub-plan, fan-out or fallback this one belongs to.</param>
internal sealed record GraphNode(string Id, string? Parent, string Kind, StepStatus State, string? AgentId, string? Action, int Attempts, bool Reused);

/// <param name="Kind"><c>dependency</c> where the plan says so, <c>sequence</c> where the sequential mode adds it.</param>
internal sealed record GraphEdge(string From, string To, string Kind);

/// <summary>Draws a workflow. Pure.</summary>
internal static class WorkflowGraph
{
    private const string Dependency = "dependency";
    private const string Sequence = "sequence";

    public static GraphResponse Of(WorkflowView view)
    {
        var known = view.Steps.Select(step => step.Path.Value).ToHashSet(StringComparer.Ordinal);
        var nodes = view.Steps.Select(step => new GraphNode(
            step.Path.Value, Parent(step.Path.Value), SnakeCase.Of(step.Kind), step.Status, step.AgentId, step.Action, step.Attempts, step.Reused));

        var edges = new List<GraphEdge>();
        AddScope(view.Plan, "", known, edges);
        return new(view.Id.Value, view.Status, view.Version, [.. nodes], [.. edges]);
    }

    /// <summary>Adds the edges of one plan, and of the plans inside it as far as their steps are known.</summary>
    private static void AddScope(Plan plan, string scope, HashSet<string> known, List<GraphEdge> edges)
    {
        Step? before = null;
        foreach (var step in plan.Steps)
        {
            var path = scope + step.Id;
            var dependencies = step.Dependencies.IsDefault ? [] : step.Dependencies;
            if (known.Contains(path))
            {
                edges.AddRange(dependencies.Select(dependency => new GraphEdge(scope + dependency, path, Dependency)));
                if (plan.Mode == PlanMode.Sequential && before is not null && !dependencies.Contains(before.Id))
                {
                    edges.Add(new(scope + before.Id, path, Sequence));
                }
            }

            if (step.SubPlan is { } inner)
            {
                foreach (var place in Places(path, known))
                {
                    AddScope(inner, place + "/", known, edges);
                }
            }

            if (step.Fallback?.Plan is { } instead)
            {
                AddScope(instead, path + "/" + StepPath.StepFallback + "/", known, edges);
            }

            before = step;
        }

        if (plan.FallbackPlan is { } fallback)
        {
            AddScope(fallback, scope + StepPath.Fallback + "/", known, edges);
        }
    }

    /// <summary>The step itself, and the items it has unfolded into.</summary>
    private static IEnumerable<string> Places(string path, HashSet<string> known) =>
        known.Where(one => one.StartsWith(path + "[", StringComparison.Ordinal) && one.EndsWith(']') && one.IndexOf('/', path.Length) < 0).Prepend(path).ToArray();

    private static string? Parent(string path)
    {
        if (path.EndsWith(']'))
        {
            return path[..path.LastIndexOf('[')];
        }

        // A scope's own name is no step: the parent of ~fallback/quiz is the workflow.
        var parts = path.Split('/')[..^1].Where(part => part is not (StepPath.Fallback or StepPath.StepFallback or StepPath.Compensation));
        return string.Join('/', parts) is { Length: > 0 } parent ? parent : null;
    }
}
