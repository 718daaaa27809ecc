using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.LocalRuntime;

namespace Orchestrator.Runtime.Contracts.Hosts;

/// <summary>The local runtime, on the thread pool, with manual time.</summary>
public sealed class RuntimeHost : IRuntimeHost, IAsyncLifetime
{
    private readonly ServiceProvider services;
    private readonly CountingExecutor turns = new();
    private bool stopped;

    public RuntimeHost()
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(Clock);
        collection.AddSingleton<ITurnExecutor>(turns);
        collection.AddLocalSilo(silo => silo
            .AddGrains(typeof(RuntimeHost).Assembly)
            .AddMemoryGrainStorageAsDefault()
            .AddMemoryGrainStorage("ledger")
            .AddMemoryStreams("events")
            .AddMemoryReminderTable()
            .Configure(options => (options.ResponseTimeout, options.CollectionAge) = (ResponseTimeout, CollectionAge)));
        services = collection.BuildServiceProvider();
    }

    public IClusterClient Client => services.GetRequiredService<IClusterClient>();

    public ManualClock Clock { get; } = new();

    public TimeSpan ResponseTimeout => TimeSpan.FromSeconds(30);

    public TimeSpan CollectionAge => TimeSpan.FromMinutes(15);

    public async Task InitializeAsync()
    {
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }
    }

    public Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        return Task.CompletedTask;
    }

    public async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan limit)
    {
        var end = Clock.GetUtcNow() + limit;
        while (!condition())
        {
            if (Clock.GetUtcNow() >= end)
            {
                throw new TimeoutException($"The condition did not come true within {limit} of silo time.");
            }

            Clock.Advance(TimeSpan.FromMilliseconds(500));

            // Turns run on pool threads; this one makes way until they are at rest before it moves time again.
            do
            {
                await Task.Yield();
            }
            while (turns.Pending > 0);
        }
    }

    public async Task StopAsync()
    {
        stopped = true;
        foreach (var service in services.GetServices<IHostedService>().Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        if (!stopped)
        {
            await StopAsync();
        }

        await services.DisposeAsync();
    }

    /// <summary>The thread pool, with a count of the activations that have something to do.</summary>
    private sealed class CountingExecutor : ITurnExecutor
    {
        private int pending;

        public int Pending => Volatile.Read(ref pending);

        public int TurnsPerVisit => 64;

        public void Schedule(IThreadPoolWorkItem activation)
        {
            Interlocked.Increment(ref pending);
            ThreadPool.UnsafeQueueUserWorkItem(
                item =>
                {
                    item.Execute();
                    Interlocked.Decrement(ref pending);
                },
                activation,
                preferLocal: true);
        }
    }
}
