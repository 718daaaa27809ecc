using System.Collections;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Orchestrator.Hosting.Telemetry;

public static class TelemetryRegistration
{
    /// <summary>Exports traces and metrics by OTLP, if the standard <c>OTEL_EXPORTER_OTLP_*</c> variables ask for it; otherwise does nothing.</summary>
    /// <param name="service">Becomes <c>service.name</c>, unless <c>OTEL_SERVICE_NAME</c> says otherwise.</param>
    public static IServiceCollection AddOrchestratorTelemetry(this IServiceCollection services, string service) =>
        TelemetryExport.IsAskedFor(Environment.GetEnvironmentVariables())
            ? services.AddHostedService(_ => new TelemetryExport(service))
            : services;
}

/// <summary>Listens to our activity sources and meters for as long as the host runs.</summary>
internal sealed class TelemetryExport(string service) : IHostedService
{
    /// <summary>Every activity source and meter of ours begins with this.</summary>
    public const string Sources = "Orchestrator*";

    private static readonly string[] HttpSources = ["Microsoft.AspNetCore", "System.Net.Http"];

    private TracerProvider? traces;
    private MeterProvider? metrics;

    public static bool IsAskedFor(IDictionary environment) => environment.Keys.Cast<string>()
        .Any(name => name.StartsWith("OTEL_EXPORTER_OTLP_", StringComparison.Ordinal) && name.EndsWith("ENDPOINT", StringComparison.Ordinal));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3) ?? "0";
        var resource = ResourceBuilder.CreateDefault()
            .AddService(service, serviceVersion: version, serviceInstanceId: Environment.MachineName + "/" + Environment.ProcessId)
            .AddEnvironmentVariableDetector();
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Sources).AddSource(HttpSources).AddOtlpExporter().Build();
        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Sources).AddMeter("System.Runtime").AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        traces?.Dispose();
        metrics?.Dispose();
        return Task.CompletedTask;
    }
}
