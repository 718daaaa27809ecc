using System.Text;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Orchestrator.Hosting;
using Orchestrator.Hosting.Configuration;
using Orchestrator.Hosting.Logging;
using Orchestrator.Hosting.Telemetry;
using Orchestrator.SiloHosting;
using Orchestrator.SiloHosting.Cluster;
using Orchestrator.SiloHosting.Health;

// The headless process: grains and their store, and no door but the three probes and the metrics that an operator's platform asks for, and the operators'
// dashboard where the runtime has one.
var builder = WebApplication.CreateSlimBuilder();
builder.Configuration.AddOrchestratorConfiguration(
    Directory.GetCurrentDirectory(), flags: new ConfigurationBuilder().AddCommandLine(args).Build().AsEnumerable());
builder.Services.AddOrchestratorLogging();
builder.Services.AddOrchestratorTelemetry("orchestrator-silo");
builder.Services.AddSingleton(new MetricBook());
builder.AddOrchestratorRole(hasApi: false);

await using var app = builder.Build();
app.UseRouting();
app.MapOperatorDashboard();
foreach (var probe in (string[])[SiloHealth.Startup, SiloHealth.Ready, SiloHealth.Live])
{
    app.MapHealthChecks("/health/" + probe, new HealthCheckOptions { Predicate = check => check.Tags.Contains(probe) });
}

app.MapGet("/metrics", (MetricBook book) =>
{
    var text = new StringBuilder();
    book.Write(text);
    return Results.Text(text.ToString(), Exposition.ContentType);
});

await app.RunToItsEndAsync();
