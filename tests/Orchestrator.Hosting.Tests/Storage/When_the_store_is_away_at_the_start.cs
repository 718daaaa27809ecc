using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Adapters.Sqlite;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.Execution.Audits;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Grains;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Retention;
using Orchestrator.Execution.Stores;
using Orchestrator.Execution.Topics;
using Orchestrator.SiloHosting;

namespace Orchestrator.Hosting.Tests.Storage;

/// <summary>A process whose database is away waits for it, says so, and starts nothing meanwhile.</summary>
public sealed class When_the_store_is_away_at_the_start : IAsyncLifetime
{
    private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("away-");
    private readonly ConcurrentQueue<string> log = new();
    private DataFolder folder = null!;
    private LateStore store = null!;
    private IHost host = null!;

    public Task InitializeAsync()
    {
        folder = DataFolder.TryOpen(place.FullName, TimeProvider.System).ShouldBeOfType<DataFolderOpening.Opened>().Folder;
        store = new LateStore(SqliteStore.Open(folder, new SqliteOptions(), TimeProvider.System));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new Listener(log)).SetMinimumLevel(LogLevel.Warning);
        builder.Configuration["Data:OpenPauseMax"] = "00:00:00.100";
        builder.Services.AddOrchestratorSilo(folder);
        builder.Services.AddSingleton<IStore>(store);
        builder.Services.AddHostedService(_ => store.Next);
        host = builder.Build();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        // A start that was broken off has left nothing to stop, and a silo that never ran says so.
        if (host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.IsCancellationRequested)
        {
            await host.StopAsync();
        }

        await ((IAsyncDisposable)host).DisposeAsync();
        folder.Dispose();
        place.Delete(recursive: true);
    }

    [Fact]
    public async Task it_tries_again_until_it_is_there_and_only_then_starts_what_needs_it()
    {
        var start = host.StartAsync();
        await store.TriedAsync(times: 3);
        start.IsCompleted.ShouldBeFalse();
        store.Next.HasStarted.ShouldBeFalse();
        log.ShouldContain(line => line.StartsWith("The store is away, and nothing is accepted until it is there: no route to it", StringComparison.Ordinal));

        store.IsThere = true;

        await start;
        store.Next.HasStarted.ShouldBeTrue();
        log.ShouldContain(line => line.StartsWith("The store is there after", StringComparison.Ordinal));
    }

    [Fact]
    public async Task whoever_waits_for_it_can_still_be_stopped()
    {
        var start = host.StartAsync();
        await store.TriedAsync(times: 1);
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await Should.ThrowAsync<OperationCanceledException>(start);
        store.Next.HasStarted.ShouldBeFalse();
    }

    /// <summary>A service that comes after the store, as grains and doors do.</summary>
    private sealed class NextService : IHostedService
    {
        public bool HasStarted { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            HasStarted = true;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class LateStore(IStore inner) : IStore
    {
        private readonly SemaphoreSlim tries = new(0);

        public NextService Next { get; } = new();

        public bool IsThere { get; set; }

        public IWorkflowJournal Journal => inner.Journal;

        public IWorkflowIndex Index => inner.Index;

        public ITopicLog Topics => inner.Topics;

        public IWorkflowNews News => inner.News;

        public IApprovalBackfill ApprovalBackfill => inner.ApprovalBackfill;

        public IBlobStore Blobs => inner.Blobs;

        public IProcessEpoch Epoch => inner.Epoch;

        public IGrainStateTable GrainState => inner.GrainState;

        public IGrainReminderTable Reminders => inner.Reminders;

        public IJournalAudit Audit => inner.Audit;

        public IRetention Retention(RetentionOptions kept) => inner.Retention(kept);

        public ValueTask OpenAsync(CancellationToken cancellationToken)
        {
            tries.Release();
            return IsThere ? inner.OpenAsync(cancellationToken) : throw new StorageUnavailableException("no route to it.", full: false);
        }

        public async Task TriedAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await tries.WaitAsync(TimeSpan.FromSeconds(60));
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Listener(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
