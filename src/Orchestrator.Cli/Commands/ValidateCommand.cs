using System.CommandLine;
using Orchestrator.Cli.Inputs;
using Orchestrator.Cli.Terminals;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc validate PLAN</c>: everything that is wrong with a plan, without running it.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("PLAN") { Description = "The plan's file, in YAML or JSON." };
        var command = new Command("validate", "Check a plan without running it.") { file };
        command.SetAction(parsed =>
        {
            var plan = PlanFile.Read(parsed.GetRequiredValue(file));
            terminal.Note($"{parsed.GetRequiredValue(file)} is valid: plan {plan.Id} with {plan.Steps.Length} {(plan.Steps.Length == 1 ? "step" : "steps")}.");
            return ExitCode.Ok;
        });
        return command;
    }
}
