using Orchestrator.Cli.Terminals;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using Spectre.Console;

namespace Orchestrator.Cli.Workflows;

/// <summary>Shows what came of a workflow, and tells how the program is to end.</summary>
internal static class WorkflowReport
{
    public static int Show(Terminal terminal, WorkflowDocument workflow, OutputForm form)
    {
        if (form == OutputForm.Json)
        {
            Terminal.Print(workflow.Json.Span);
        }
        else
        {
            ShowText(terminal, workflow);
        }

        return ExitCodeOf(workflow);
    }

    /// <summary>A workflow as it stands, finished or not.</summary>
    public static int ShowStatus(Terminal terminal, WorkflowDocument workflow, OutputForm form, DateTimeOffset now)
    {
        if (form == OutputForm.Json)
        {
            Terminal.Print(workflow.Json.Span);
        }
        else
        {
            terminal.Results.Write(ProgressTable.Draw(workflow, sentence: null, now, height: int.MaxValue));
            if (workflow.Output is { } output)
            {
                ResultText.Write(terminal.Results, output);
            }
        }

        return ExitCodeOf(workflow);
    }

    public static int ExitCodeOf(WorkflowDocument workflow) =>
        workflow.State is WorkflowStatus.Failed or WorkflowStatus.Cancelled or WorkflowStatus.TimedOut ? ExitCode.Failed : ExitCode.Ok;

    private static void ShowText(Terminal terminal, WorkflowDocument workflow)
    {
        if (workflow.Output is { } output && workflow.State == WorkflowStatus.Completed)
        {
            ResultText.Write(terminal.Results, output);
        }

        var (icon, word, _) = WorkflowWords.Of(workflow.State);
        terminal.Note("");
        terminal.Note($"{icon} Workflow {workflow.Id} {word}" + (workflow.FinishedAt is { } finished ? " in " + StepWords.Span(finished - workflow.CreatedAt) : "") + ".");
        if (workflow.State == WorkflowStatus.Completed)
        {
            return;
        }

        foreach (var step in workflow.Steps.Where(step => step.State is StepStatus.Failed or StepStatus.TimedOut))
        {
            terminal.Note($"  {StepWords.Mark(step.State).Icon} {step.Id}: {(step.Error is { } error ? $"{error.Code} {ResultText.Clean(error.Message)}" : StepWords.Mark(step.State).Icon)} (attempt {step.Attempts})");
        }

        if (workflow.Error is { } failure)
        {
            terminal.Note($"  {failure.Code} {ResultText.Clean(failure.Message)}");
        }
    }
}

/// <summary>What standard output is for.</summary>
internal enum OutputForm
{
    /// <summary>People.</summary>
    Table = 0,

    /// <summary>Programs: the API's answer and nothing else.</summary>
    Json = 1,
}
