using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Orchestrator.Cli.Workflows;

/// <summary>A workflow at a glance: a sentence on top, a row per step.</summary>
internal static class ProgressTable
{
    private const int HeadLines = 5;
    private const int RowsMin = 5;

    /// <param name="height">Lines of the terminal. Where there are more steps than lines, those under way are shown and the others counted.</param>
    public static IRenderable Draw(WorkflowDocument workflow, string? sentence, DateTimeOffset now, int height)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumn("").AddColumn("").AddColumn("").AddColumn("");
        var (shown, hidden) = Choose(workflow.Steps, Math.Max(RowsMin, height - HeadLines));
        foreach (var step in shown)
        {
            var (icon, colour) = StepWords.Mark(step.State);
            table.AddRow(
                new Markup($"[{colour}]{icon}[/]"),
                new Text(step.Id),
                new Markup($"[grey]{Escape(step.Agent ?? step.Action ?? step.Kind ?? "")}[/]"),
                new Markup($"[{colour}]{Escape(StepWords.Sentence(step, workflow, now))}[/]"));
        }

        var rows = new List<IRenderable> { Head(workflow), table };
        if (hidden.Length > 0)
        {
            var counts = hidden.GroupBy(step => step.State).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}");
            rows.Add(new Markup($"[grey]… and {string.Join(", ", counts)}[/]"));
        }

        if (sentence is not null)
        {
            rows.Add(new Markup($"[grey]{Escape(sentence)}[/]"));
        }

        return new Rows(rows);
    }

    public static IRenderable Head(WorkflowDocument workflow)
    {
        var (icon, word, colour) = WorkflowWords.Of(workflow.State);
        var done = workflow.Steps.Count(step => step.State.IsFinal());
        var took = workflow.FinishedAt is { } finished ? " in " + StepWords.Span(finished - workflow.CreatedAt) : "";
        var count = string.Create(CultureInfo.InvariantCulture, $"{done} of {workflow.Steps.Length}{(workflow.Growing ? "+" : "")} steps");
        return new Markup($"[{colour}]{icon}[/] [bold]{Escape(workflow.PlanId)}[/] [{colour}]{word}[/]{took}, {count} [grey]{Escape(workflow.Id)}[/]");
    }

    private static (ImmutableArray<StepRow> Shown, ImmutableArray<StepRow> Hidden) Choose(ImmutableArray<StepRow> steps, int rows)
    {
        if (steps.Length <= rows)
        {
            return (steps, []);
        }

        var shown = steps
            .Select((step, index) => (step, index))
            .OrderBy(pair => pair.step.State is StepStatus.Failed or StepStatus.TimedOut ? 0 : pair.step.State.IsFinal() ? 3 : pair.step.State == StepStatus.Pending ? 2 : 1)
            .ThenBy(pair => pair.index)
            .Take(rows)
            .Select(pair => pair.index)
            .ToHashSet();
        return ([.. steps.Where((_, index) => shown.Contains(index))], [.. steps.Where((_, index) => !shown.Contains(index))]);
    }

    private static string Escape(string text) => Markup.Escape(ResultText.Clean(text).ReplaceLineEndings(" "));
}
