using Orchestrator.Adapters.Tests.Sqlite;

// The test runner loads this assembly and never comes here. Tests start it as a process of its own, in order to kill it.
return await DoomedProcess.RunAsync(args);
