using System.Runtime.CompilerServices;
using Orchestrator.Runtime.Contracts.Grains;

namespace Orchestrator.Runtime.Contracts.Local;

public interface IWorldGrain : IGrainWithStringKey
{
    Task<string> Home();

    Task<int> CallOthers(int depth);

    Task<DateTimeOffset> Sleep(TimeSpan time);

    Task Escape();

    Task EscapeQuietly();

    Task RunInCircles();

    [OneWay]
    Task Count();

    Task<int> Counted();
}

public sealed class WorldGrain(TimeProvider clock) : Grain, IWorldGrain
{
    private int counted;

    public async Task RunInCircles()
    {
        // As a loop around a store that answers at once: no await of it ever gives the turn back.
        for (var now = clock.GetUtcNow(); now < DateTimeOffset.MaxValue; now = clock.GetUtcNow())
        {
            await Task.CompletedTask;
        }
    }

    public Task<string> Home() => Task.FromResult(RuntimeIdentity);

    public async Task<int> CallOthers(int depth)
    {
        if (depth == 0)
        {
            return 1;
        }

        var key = this.GetPrimaryKeyString();
        await Task.Yield();
        var answers = await Task.WhenAll(
            GrainFactory.GetGrain<IWorldGrain>(key + "l").CallOthers(depth - 1),
            GrainFactory.GetGrain<IWorldGrain>(key + "r").CallOthers(depth - 1));
        return answers.Sum();
    }

    public async Task<DateTimeOffset> Sleep(TimeSpan time)
    {
        await Task.Delay(time, clock);
        return clock.GetUtcNow();
    }

    // What no grain may do, and a library might.
    public async Task Escape()
    {
        var awaited = new Awaited();
        // It ends only once it is awaited: work that had ended before would not come back from the pool.
        awaited.Work = Task.Factory.StartNew(
            () => SpinWait.SpinUntil(() => awaited.IsAwaited), CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default);
        await awaited;
    }

    public Task EscapeQuietly()
    {
        ThreadPool.QueueUserWorkItem(_ => clock.GetUtcNow());
        return Sleep(TimeSpan.FromDays(1));
    }

    public Task Count()
    {
        counted++;
        return Task.CompletedTask;
    }

    public Task<int> Counted() => Task.FromResult(counted);
}

/// <summary>Worlds of the grains of this assembly, whose silos share one store.</summary>
internal static class Worlds
{
    public static SimulatedCluster From(ulong seed, int silos = 3, Func<SimulationOptions, SimulationOptions>? change = null, Action<LocalSiloOptions>? silo = null)
    {
        var ledger = new MemoryGrainStorage();
        var reminders = new MemoryReminderTable();
        var options = new SimulationOptions { Silos = silos };
        return new(seed, change is null ? options : change(options), (_, services) => services.AddLocalSilo(builder => builder
            .AddGrains(typeof(Worlds).Assembly)
            .AddMemoryGrainStorageAsDefault()
            .AddGrainStorage("ledger", (_, _) => ledger)
            .AddReminderTable(_ => reminders)
            .AddMemoryStreams("events")
            .Configure(silo ?? (_ => { }))));
    }

    public static IWorldGrain World(this SimulatedCluster cluster, string key) => cluster.Client.GetGrain<IWorldGrain>(key);

    public static ILedgerGrain Ledger(this SimulatedCluster cluster, string key) => cluster.Client.GetGrain<ILedgerGrain>(key);

    public static SimulatedSilo Named(this SimulatedCluster cluster, string name) => cluster.Silos.Single(silo => silo.Name == name);
}

/// <summary>Awaits a task as <c>await</c> does, and says when the continuation has been attached.</summary>
internal sealed class Awaited : ICriticalNotifyCompletion
{
    private volatile bool awaited;

    public Task Work { get; set; } = Task.CompletedTask;

    public bool IsAwaited => awaited;

    public bool IsCompleted => false;

    public Awaited GetAwaiter() => this;

    public void GetResult() => Work.GetAwaiter().GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        Work.GetAwaiter().UnsafeOnCompleted(continuation);
        awaited = true;
    }
}
