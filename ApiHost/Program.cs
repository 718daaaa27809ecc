using Orchestrator.ApiHost;
using Orchestrator.SiloHosting.Storage;

// The server as a process of its own, with the silo inside. Settings come from the five layers; a flag is written --Section:Key value.
var flags = new ConfigurationBuilder().AddCommandLine(args).Build().AsEnumerable();
await using var app = OrchestratorWebApplication.Create(
    Directory.GetCurrentDirectory(), flags, builder => builder.Services.AddOrchestratorSilo(builder.Configuration));
await app.RunAsync();
