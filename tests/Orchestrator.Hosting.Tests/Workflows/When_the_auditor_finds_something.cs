using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Journals;
using Orchestrator.SiloHosting;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Hosting.Tests.Workflows;

/// <summary>What operators see of the audit, on a silo as it is hosted.</summary>
public sealed class When_the_auditor_finds_something : IAsyncLifetime
{
    private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("audit-");
    private readonly ConcurrentQueue<string> log = new();
    private readonly ConcurrentDictionary<string, long> counts = new();
    private readonly SemaphoreSlim looked = new(0);
    private readonly MeterListener listener = new();
    private DataFolder folder = null!;
    private IHost host = null!;

    public async Task InitializeAsync()
    {
        folder = DataFolder.TryOpen(place.FullName, TimeProvider.System).ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new Lines(log)).SetMinimumLevel(LogLevel.Error);
        builder.Configuration["Audit:Every"] = "00:00:01";
        builder.Services.AddOrchestratorSilo(folder);
        host = builder.Build();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Orchestrator.Audit")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            counts.AddOrUpdate(tags.Length > 0 ? $"{instrument.Name} {tags[0].Value}" : instrument.Name, value, (_, before) => before + value);
            if (instrument.Name == "orc_audit_workflows_total")
            {
                looked.Release();
            }
        });
        listener.Start();
        await host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        listener.Dispose();
        folder.Dispose();
        place.Delete(recursive: true);
    }

    [Fact]
    public async Task it_is_counted_by_its_rule_and_named_in_the_log_once_and_the_silo_goes_on()
    {
        var nobodyWakes = Accept(Id(1));
        await host.Services.GetRequiredService<IWorkflowJournal>().AppendAsync(nobodyWakes, CancellationToken.None);

        // One pass may have begun before the append; of the others at least two have seen it.
        for (var pass = 0; pass < 3; pass++)
        {
            (await looked.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue();
        }

        counts["orc_audit_violations_total waker"].ShouldBe(1);
        counts["orc_audit_violations_total final"].ShouldBe(0);
        counts["orc_audit_workflows_total"].ShouldBeGreaterThanOrEqualTo(2);
        log.ShouldHaveSingleItem().ShouldContain($"Workflow {Id(1).Value} breaks the rule 'waker'");
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                lines.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
