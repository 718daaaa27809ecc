using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Reminders;
using Orleans.TestingHost;

namespace Orchestrator.Runtime.Contracts.Hosts;

/// <summary>Microsoft Orleans: a cluster of one silo in this process, called from inside it as our own hosts do.</summary>
/// <remarks>
/// Timers and reminders run on the test's clock. Response timeouts and idle ages run on the machine's clock, which Orleans reads without asking, and so they
/// are short; membership and the like keep the machine's clock because nothing here is about them.
/// </remarks>
public sealed class RuntimeHost : IRuntimeHost, IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan DeliveryTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly InProcessTestCluster cluster;
    private bool stopped;

    public RuntimeHost()
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) => Add(silo));
        cluster = builder.Build();
    }

    public IClusterClient Client => cluster.Silos[0].ServiceProvider.GetRequiredService<IClusterClient>();

    public ManualClock Clock { get; } = new();

    public TimeSpan ResponseTimeout => TimeSpan.FromSeconds(15);

    public TimeSpan CollectionAge => TimeSpan.FromSeconds(4);

    public Task InitializeAsync() => cluster.DeployAsync();

    public async Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await Task.Delay(time, TimeProvider.System);
    }

    public async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan limit)
    {
        var (end, began) = (Clock.GetUtcNow() + limit, TimeProvider.System.GetTimestamp());
        while (!condition())
        {
            if (Clock.GetUtcNow() >= end && TimeProvider.System.GetElapsedTime(began) >= Patience)
            {
                throw new TimeoutException($"The condition did not come true within {limit} of silo time and {Patience} of the machine's.");
            }

            Clock.Advance(Step);

            // Turns run on pool threads; this one makes way for them before it moves time again.
            await Task.Delay(Breath, TimeProvider.System);
        }
    }

    public async Task StopAsync()
    {
        stopped = true;
        await cluster.StopAllSilosAsync();
    }

    public async Task DisposeAsync()
    {
        if (!stopped)
        {
            await StopAsync();
        }

        await cluster.DisposeAsync();
    }

    private void Add(ISiloBuilder silo)
    {
        silo.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, Clock);
        silo.Services.AddKeyedSingleton<TimeProvider>(ReminderTimeProviderNames.Reminders, Clock);
        silo.AddMemoryGrainStorageAsDefault()
            .AddMemoryGrainStorage("ledger")
            .AddMemoryGrainStorage("PubSubStore")
            .AddMemoryStreams("events", streams => streams.ConfigurePullingAgent(agent => agent.Configure(options => options.MaxEventDeliveryTime = DeliveryTime)))
            .UseInMemoryReminderService()
            .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout)
            .Configure<GrainCollectionOptions>(options => (options.CollectionAge, options.CollectionQuantum) = (CollectionAge, CollectionAge / 10));
    }
}
