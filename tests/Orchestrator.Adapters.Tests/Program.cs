using Orchestrator.Adapters.Tests.Sqlite;
using Orchestrator.Adapters.Tests.TestServers;

// The test runner loads this assembly and never comes here. Tests start it as a process of its own, in order to kill it.
return args is ["postgres"] ? await DoomedHost.RunAsync() : await DoomedProcess.RunAsync(args);
