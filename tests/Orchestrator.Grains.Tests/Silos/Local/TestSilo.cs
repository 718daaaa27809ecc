using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Grains.Agents;

namespace Orchestrator.Grains.Tests.Silos;

/// <summary>One silo of the local runtime, in a simulation: time passes when a test lets it, and each seed gives one order of turns.</summary>
internal sealed class TestSilo : IDisposable
{
    private readonly MemoryGrainStorage storage = new();
    private readonly SimulatedCluster cluster;

    /// <param name="compose">Adds what grains take; called at each start, with the silo's name.</param>
    public TestSilo(ulong seed, Action<string, IServiceCollection> compose) => cluster = new SimulatedCluster(seed, new SimulationOptions(), (start, services) =>
    {
        compose(start.Name, services);
        services.AddLocalSilo(silo => silo.AddGrains(typeof(AgentGrain).Assembly)
            .AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => storage));
    });

    public TimeProvider Clock => cluster.Clock;

    public IGrainFactory Grains => cluster.Silos[0].Client;

    /// <summary>Ends the silo here and now, with nothing put in order, and starts it again on what it had stored.</summary>
    public void CrashAndRestart()
    {
        cluster.Silos[0].Crash();
        cluster.Silos[0].Restart();
        cluster.RunUntil(() => cluster.Silos[0].IsReady, TimeSpan.FromMinutes(1));
    }

    /// <summary>Whether what happens on this thread is done for the test on that one: the silo does its work on the thread that asks for it.</summary>
    public static bool Serves(int testThread) => Environment.CurrentManagedThreadId == testThread;

    public T Do<T>(Func<Task<T>> work) => cluster.Run(work);

    public void Do(Func<Task> work) => cluster.Run(work);

    public void RunUntil(Func<bool> condition, TimeSpan limit) => cluster.RunUntil(condition, limit);

    public void Pass(TimeSpan time) => cluster.Advance(time);

    public void Dispose() => cluster.Dispose();
}
