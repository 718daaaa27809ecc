using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Runtime.Contracts.Hosts;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;

namespace Orchestrator.Grains.Tests.Silos;

/// <summary>One silo of Microsoft Orleans in this process, whose grains' time passes when a test lets it.</summary>
/// <remarks>Turns run on the thread pool in an order of their own. Time moves on, from one due timer to the next, when the pool has come to rest.</remarks>
internal sealed class TestSilo : IDisposable
{
    private static readonly TimeSpan WorkMax = TimeSpan.FromMinutes(10);

    private readonly ManualClock clock = new();
    private readonly RememberedState storage = new();
    private readonly InProcessTestCluster cluster;

    /// <param name="seed">Chooses nothing here.</param>
    /// <param name="compose">Adds what grains take; called at each start, with the silo's name.</param>
    public TestSilo(ulong seed, Action<string, IServiceCollection> compose)
    {
        _ = seed;
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        (builder.Options.ConfigureFileLogging, builder.Options.InitializeClientOnDeploy) = (false, false);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(clock);
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => storage);

            // Shorter than the shortest age that a grain class asks for.
            silo.Configure<GrainCollectionOptions>(options => options.CollectionQuantum = TimeSpan.FromSeconds(30));
            compose("silo", silo.Services);
        });
        cluster = builder.Build();
        cluster.DeployAsync().GetAwaiter().GetResult();
    }

    public TimeProvider Clock => clock;

    public IGrainFactory Grains => cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>Ends the silo here and now, with nothing put in order, and starts another on what it had stored.</summary>
    public void CrashAndRestart()
    {
        cluster.KillSiloAsync(cluster.Silos[0]).GetAwaiter().GetResult();
        cluster.StartAdditionalSiloAsync().GetAwaiter().GetResult();
    }

    /// <summary>Whether what happens on this thread is done for the test on that one: tests run one after the other, so it is.</summary>
    public static bool Serves(int testThread) => true;

    public T Do<T>(Func<Task<T>> work)
    {
        var done = Task.Run(work);
        RunUntil(() => done.IsCompleted, WorkMax);
        return done.GetAwaiter().GetResult();
    }

    public void Do(Func<Task> work) => Do(async () =>
    {
        await work();
        return true;
    });

    public void RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = clock.GetUtcNow() + limit;
        for (PoolRest.Await(); !condition(); PoolRest.Await())
        {
            if (clock.NextDue is not { } due || due > end)
            {
                throw new TimeoutException($"The condition did not come true within {limit} of silo time.");
            }

            clock.Advance(due > clock.GetUtcNow() ? due - clock.GetUtcNow() : TimeSpan.Zero);
        }
    }

    public void Pass(TimeSpan time)
    {
        var end = clock.GetUtcNow() + time;
        for (PoolRest.Await(); clock.NextDue is { } due && due <= end; PoolRest.Await())
        {
            clock.Advance(due > clock.GetUtcNow() ? due - clock.GetUtcNow() : TimeSpan.Zero);
        }

        clock.Advance(end - clock.GetUtcNow());
        PoolRest.Await();
    }

    public void Dispose()
    {
        cluster.StopAllSilosAsync().GetAwaiter().GetResult();
        cluster.Dispose();
    }
}
