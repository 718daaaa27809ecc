using System.CommandLine;
using Orchestrator.Cli.Doors;
using Orchestrator.Cli.Inputs;
using Orchestrator.Cli.Terminals;
using Orchestrator.Cli.Workflows;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc run PLAN</c>: starts a workflow, shows how it goes, and prints what came of it.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var plan = new Argument<string?>("PLAN") { Description = "The plan's file, in YAML or JSON.", Arity = ArgumentArity.ZeroOrOne };
        var input = new Option<string[]>("--input", "-i")
        {
            Description = "An input of the plan: k=v, or k=@file for a file's content; a large or binary file is uploaded and linked to. A value that is JSON is taken as JSON, anything else as text.",
            HelpName = "k=v | k=@file",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        var resume = new Option<string?>("--resume") { Description = "Goes on with a workflow of the data folder in place of starting one.", HelpName = "ID" };
        var detach = new Option<bool>("--detach") { Description = "Prints the workflow's id and leaves it to the server." };
        var server = CommonOptions.Server();
        var key = CommonOptions.ApiKey();
        var data = CommonOptions.Data();
        var config = CommonOptions.Config();
        var output = CommonOptions.Output();
        var timeout = CommonOptions.Timeout();
        var command = new Command("run", "Run a plan to its end.") { plan, input, resume, detach, server, key, data, config, output, timeout };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(plan) is null) == (result.GetValue(resume) is null))
            {
                result.AddError("expected a PLAN, or --resume ID, and not both.");
            }
        });
        command.SetAction((parsed, _) => new Run(
            terminal,
            new Settings(parsed.GetValue(config), parsed.GetValue(data)),
            parsed.GetValue(server),
            CommonOptions.KeyOf(parsed.GetValue(key)),
            parsed.GetValue(output),
            parsed.GetValue(timeout),
            TimeProvider.System).ExecuteAsync(parsed.GetValue(plan), parsed.GetValue(input) ?? [], parsed.GetValue(resume), parsed.GetValue(detach)));
        return command;
    }

    private sealed class Run(Terminal terminal, Settings settings, Uri? server, string? apiKey, OutputForm form, TimeSpan? timeout, TimeProvider clock)
    {
        public async Task<int> ExecuteAsync(string? file, string[] arguments, string? resumed, bool detach)
        {
            // Everything that can be wrong with what was typed is found before anything starts.
            var plan = file is null ? null : PlanFile.Read(file);
            var input = InputArguments.Read(arguments, plan);
            using var interruption = new Interruption();
            using var patience = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token, patience.Token);
            string? id = null;
            IWorkflowDoor? door = null;
            try
            {
                door = await DoorFinding.JoinOrHostAsync(server, apiKey, settings, terminal, clock, either.Token);
                if (detach && !door.OutlivesUs)
                {
                    throw new CommandFailedException(ExitCode.Usage, "--detach needs a server that goes on: start one with 'orc dev', or name one with --server URL.");
                }

                id = resumed ?? await door.StartAsync(plan!, await input.SendFilesAsync(door, either.Token), either.Token);
                if (detach)
                {
                    return await LeaveAsync(door, id, either.Token);
                }

                terminal.Note($"Workflow {id} at {door.Place}");
                return WorkflowReport.Show(terminal, await new WorkflowProgress(terminal, door, clock).FollowAsync(id, either.Token), form);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                Farewell(door, id, interruption.HasCome);
                return interruption.HasCome ? ExitCode.Interrupted : ExitCode.TimedOut;
            }
            finally
            {
                if (door is not null)
                {
                    await door.DisposeAsync();
                }
            }
        }

        private async Task<int> LeaveAsync(IWorkflowDoor door, string id, CancellationToken cancellationToken)
        {
            if (form == OutputForm.Json)
            {
                Terminal.Print((await door.GetAsync(id, cancellationToken)).Json.Span);
            }
            else
            {
                Console.Out.WriteLine(id);
            }

            return ExitCode.Ok;
        }

        private void Farewell(IWorkflowDoor? door, string? id, bool interrupted)
        {
            terminal.Note("");
            terminal.Note(interrupted ? "Interrupted." : $"Not finished after {StepWords.Span(timeout ?? default)}.");
            if (id is null || door is null)
            {
                terminal.Note("Nothing was started.");
            }
            else if (door.OutlivesUs)
            {
                terminal.Note($"Workflow {id} goes on at {door.Place}. See it with 'orc get {id}', end it with 'orc cancel {id}'.");
            }
            else
            {
                terminal.Note($"Workflow {id} is kept in {door.Place}. 'orc dev' finishes it, and so does 'orc run --resume {id}'.");
            }
        }
    }
}
