using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Agents;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Agents;
using Orchestrator.SiloHosting;

namespace Orchestrator.Embedded;

/// <summary>A silo beside the program's own services, in a host of its own: neither finds the other's settings or services, and both log to the program's log.</summary>
internal sealed class EmbeddedOrchestrator(IOptions<EmbeddedOptions> options, IServiceProvider program, TimeProvider clock) : IHostedService, IAsyncDisposable
{
    private const string Section = "Orchestrator";
    private DataFolder? folder;
    private IHost? host;

    /// <exception cref="InvalidOperationException">The program's host has not been started, or has stopped.</exception>
    public IGrainFactory Grains => host?.Services.GetRequiredService<IGrainFactory>()
        ?? throw new InvalidOperationException("The orchestrator in this process does not run: start the host it was added to first.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        folder = DataFolder.TryOpen(options.Value.Folder, clock) switch
        {
            DataFolderOpening.Opened opened => opened.Folder,
            DataFolderOpening.InUse { Owner: { } owner } => throw new InvalidOperationException($"The data folder {options.Value.Folder} is in use by process {owner.ProcessId}. Give this program a folder of its own, or use the server that has it."),
            _ => throw new InvalidOperationException($"The data folder {options.Value.Folder} is in use by another process. Give this program a folder of its own."),
        };
        var builder = Host.CreateEmptyApplicationBuilder(null);
        if (program.GetService<IConfiguration>()?.GetSection(Section) is { } section)
        {
            builder.Configuration.AddConfiguration(section);
        }

        builder.Configuration.AddInMemoryCollection(options.Value.Settings);
        builder.Services.AddSingleton(clock);
        if (program.GetService<ILoggerFactory>() is { } log)
        {
            builder.Services.AddSingleton<ILoggerFactory>(new LogOfTheProgram(log));
        }

        foreach (var agent in options.Value.Agents)
        {
            builder.Services.AddSingleton(new GivenAgent(agent.Name, [.. agent.Actions], agent.Concurrency));
            builder.Services.AddInProcessAgent(agent.Name, _ => new AgentOfThisProgram(agent, program));
        }

        builder.Services.AddOrchestratorSilo(folder);
        var made = builder.Build();
        try
        {
            await made.StartAsync(cancellationToken);
            host = made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref host, null) is { } running)
        {
            await running.StopAsync(cancellationToken);
            await ((IAsyncDisposable)running).DisposeAsync();
        }

        folder?.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    /// <summary>The program's log, which ends with the program and not with the silo.</summary>
    private sealed class LogOfTheProgram(ILoggerFactory log) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => log.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => log.AddProvider(provider);

        public void Dispose()
        {
        }
    }
}
