using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Hosting.Configuration;
using Orchestrator.Hosting.Logging;
using Orchestrator.Hosting.Telemetry;
using Orchestrator.SiloHosting;
using Orchestrator.SiloHosting.Health;
using Orchestrator.SiloHosting.Storage;

// The headless process: grains and their store, and no door but the three probes that an operator's platform asks.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Configuration.AddOrchestratorConfiguration(Directory.GetCurrentDirectory());
builder.Services.AddOrchestratorLogging();
builder.Services.AddOrchestratorTelemetry("orchestrator-silo");

var path = builder.Configuration.GetSection(DataOptions.Section).Get<DataOptions>()?.Folder ?? new DataOptions().Folder;
if (DataFolder.TryOpen(path, TimeProvider.System) is not DataFolderOpening.Opened { Folder: var folder })
{
    await Console.Error.WriteLineAsync($"The data folder {path} is in use by another process.");
    return 1;
}

using (folder)
{
    builder.Services.AddOrchestratorSilo(folder);
    await using var app = builder.Build();
    foreach (var probe in (string[])[SiloHealth.Startup, SiloHealth.Ready, SiloHealth.Live])
    {
        app.MapHealthChecks("/health/" + probe, new HealthCheckOptions { Predicate = check => check.Tags.Contains(probe) });
    }

    await app.RunAsync();
    return 0;
}
