using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.LocalRuntime;

/// <summary>What a simulated silo is made with, at each of its starts.</summary>
/// <param name="Name">The silo's name; the same after a restart.</param>
/// <param name="Incarnation">1 at the first start, one more at each restart. Together with the name it tells process starts apart.</param>
/// <param name="Clock">Virtual time. Timers made from it vanish when the process crashes.</param>
/// <param name="Chance">A source of chance of this start's own.</param>
/// <param name="Crashed">Cancelled by a crash: for adapters that hold something of a store shared between silos, to drop it. The registered code runs at that instant, outside any turn.</param>
public sealed record SiloStart(string Name, int Incarnation, TimeProvider Clock, SimulatedChance Chance, CancellationToken Crashed);

/// <summary>A process with grains in a simulated world.</summary>
public sealed class SimulatedSilo
{
    private readonly SimulatedCluster cluster;
    private readonly Action<SiloStart, IServiceCollection> configure;
    private readonly List<ServiceProvider> ended = [];
    private ServiceProvider? services;
    private ProcessTurns? turns;
    private SimulatedExecutor? executor;
    private CancellationTokenSource? crash;

    internal SimulatedSilo(SimulatedCluster cluster, SimulatedNode node, Action<SiloStart, IServiceCollection> configure) =>
        (this.cluster, Node, this.configure) = (cluster, node, configure);

    public string Name => Node.Name;

    public int Incarnation => Node.Incarnation;

    /// <summary>Whether the process runs; it may still be starting.</summary>
    public bool IsRunning => Node.IsUp;

    /// <summary>Whether its hosted services have started, so that grains are placed on it.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The container of the present start.</summary>
    public IServiceProvider Services => services ?? throw new SimulationException($"{Name} has not started.");

    /// <summary>Calls made through this come from inside the process, as from an API host in it.</summary>
    public IClusterClient Client => Services.GetRequiredService<IClusterClient>();

    /// <summary>Activations in this process now.</summary>
    public int ActivationCount => Node.IsUp ? Node.Silo.ActivationCount : 0;

    internal SimulatedNode Node { get; }

    /// <summary>Starts code in the process that is no grain. It vanishes in a crash with everything else.</summary>
    public Task Start(Func<Task> work) => cluster.Enter(() => (turns ?? throw new SimulationException($"{Name} is not running.")).Start(work));

    /// <summary>Ends the process at this instant: no turn, no timer and no message of it happens any more, and no code of it runs.</summary>
    public void Crash() => cluster.Enter(() =>
    {
        if (!Node.IsUp)
        {
            return;
        }

        Leave(TraceKind.Crash);
        cluster.After(cluster.Options.DeathNoticedAfter, () => cluster.NoticeDeath(Node, Node.Incarnation));
    });

    /// <summary>Starts the process anew, with a new container and nothing remembered. Changes nothing where it runs.</summary>
    public void Restart() => cluster.Enter(() =>
    {
        if (!Node.IsUp)
        {
            Boot();
        }
    });

    /// <summary>Stops the process in good order: activations end, then it leaves. Run the simulation until the task completes.</summary>
    public Task StopAsync() => Start(async () =>
    {
        foreach (var service in Services.GetServices<IHostedService>().Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        Leave(TraceKind.Crash);
        cluster.NoticeDeath(Node, Node.Incarnation);
    });

    internal void Boot()
    {
        Node.Incarnation++;
        (Node.IsUp, IsReady) = (true, false);
        cluster.Trace.Note(TraceKind.Start, (long)Node.StableId);
        cluster.Trace.Line($"{cluster.Time} start: {Name} #{Incarnation}");
        executor = new(cluster);
        Node.Clock = cluster.NewClock();
        crash = new();
        turns = new(executor, $"{Name}/process");
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(Node.Clock);
        collection.AddSingleton<ITurnExecutor>(executor);
        collection.AddSingleton(this);
        collection.Configure<LocalSiloOptions>(options => options.Name = Name);
        configure(new(Name, Incarnation, Node.Clock, cluster.SplitChance($"{Name}#{Incarnation}"), crash.Token), collection);
        if (services is not null)
        {
            ended.Add(services);
        }

        services = collection.BuildServiceProvider();
        Node.Silo = services.GetRequiredService<LocalSilo>();
        Node.Silo.JoinSimulation(cluster, Node);
        _ = turns.Start(BootAsync);
    }

    internal void DisposeServices()
    {
        foreach (var provider in ended.Append(services))
        {
            provider?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private async Task BootAsync()
    {
        try
        {
            foreach (var service in services!.GetServices<IHostedService>())
            {
                await service.StartAsync(CancellationToken.None);
            }

            cluster.Join(Node);
            IsReady = true;
        }
        catch (Exception failure)
        {
            cluster.Fail($"{Name} could not start: {failure}");
        }
    }

    private void Leave(TraceKind how)
    {
        (Node.IsUp, IsReady, Node.Clock.IsDead) = (false, false, true);
        cluster.Trace.Note(how, (long)Node.StableId);
        cluster.Trace.Line($"{cluster.Time} end: {Name} #{Incarnation}");
        Node.Silo.Crash();
        Node.Forget();
        executor!.IsOver = true;
        crash!.Cancel();
    }
}
