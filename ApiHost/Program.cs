using Orchestrator.ApiHost;
using Orchestrator.Hosting;
using Orchestrator.SiloHosting.Cluster;

// The server as a process of its own. Cluster:Role says what is behind its door: the silo itself, or a cluster of them. Settings come from the five
// layers; a flag is written --Section:Key value.
var flags = new ConfigurationBuilder().AddCommandLine(args).Build().AsEnumerable();
await using var app = OrchestratorWebApplication.Create(
    Directory.GetCurrentDirectory(), flags, builder => builder.AddOrchestratorRole(hasApi: true));
await app.RunToItsEndAsync();
