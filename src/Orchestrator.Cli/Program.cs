using Orchestrator.Cli.Commands;

return await OrcCommand.RunAsync(args);
