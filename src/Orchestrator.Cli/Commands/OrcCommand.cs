using System.CommandLine;
using Microsoft.Extensions.Options;
using Orchestrator.Cli.Terminals;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Stores;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.Cli.Commands;

/// <summary>The command line as a whole: what there is, and how each kind of trouble ends the program.</summary>
internal static class OrcCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var terminal = new Terminal();
        var root = new RootCommand("Runs plans of agents durably.")
        {
            RunCommand.Create(terminal),
            DevCommand.Create(terminal),
            ValidateCommand.Create(terminal),
            ConfigCommand.Create(terminal),
            BackupCommands.CreateBackup(terminal),
            BackupCommands.CreateRestore(terminal),
            ScheduleCommands.Create(terminal),
        };
        foreach (var command in WorkflowCommands.Create(terminal))
        {
            root.Add(command);
        }

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                terminal.Note("orc: " + error.Message);
            }

            terminal.Note($"See '{CommandLineOf(parsed)} --help'.");
            return ExitCode.Usage;
        }

        try
        {
            // Each command minds Ctrl-C itself: what it means differs between them.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (CommandFailedException failed)
        {
            terminal.Note(failed.Message);
            return failed.ExitCode;
        }
        catch (Exception refused) when (refused is ConfigurationRefusedException or OptionsValidationException or AggregateException { InnerException: OptionsValidationException })
        {
            terminal.Note("The configuration was refused:");
            foreach (var problem in ProblemsOf(refused))
            {
                terminal.Note("  " + problem);
            }

            return ExitCode.Usage;
        }
        catch (StoreRefusedException refused)
        {
            terminal.Note($"{refused.Code} {refused.Message}");
            return ExitCode.Failed;
        }
        catch (StorageUnavailableException away)
        {
            terminal.Note($"storage.{(away.Full ? "full" : "unavailable")} {away.Message}");
            return ExitCode.Failed;
        }
    }

    private static IEnumerable<string> ProblemsOf(Exception refused) => refused switch
    {
        ConfigurationRefusedException configuration => configuration.Problems,
        OptionsValidationException options => options.Failures,
        AggregateException several => several.InnerExceptions.SelectMany(ProblemsOf),
        _ => [refused.Message],
    };

    private static string CommandLineOf(ParseResult parsed)
    {
        var words = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? result = parsed.CommandResult; result is System.CommandLine.Parsing.CommandResult command; result = result.Parent)
        {
            words.Push(command.Command is RootCommand ? "orc" : command.Command.Name);
        }

        return string.Join(' ', words);
    }
}
