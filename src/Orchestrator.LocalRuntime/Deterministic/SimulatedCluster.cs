using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.LocalRuntime;

/// <summary>Silos, a network, a client and a clock, all on the calling thread, in an order that a seed decides.</summary>
/// <remarks>
/// Use it from one thread at a time. Nothing moves but in <see cref="Step"/>, <see cref="RunUntil"/>, <see cref="Advance"/> and
/// <see cref="Run(Func{Task}, TimeSpan?)"/>. The same seed and the same calls give the same <see cref="Trace"/>.
/// Code in the world must stay on its schedulers: no <c>Task.Run</c>, no <c>ConfigureAwait(false)</c>, no threads. What leaves
/// and touches the world again from outside fails the next step with a <see cref="SimulationEscapedException"/>.
/// </remarks>
public sealed partial class SimulatedCluster : IDisposable
{
    private readonly List<IThreadPoolWorkItem> runnable = [];
    private readonly List<SimulatedSilo> silos = [];
    private readonly SimulatedChance chance;
    private readonly SimulatedChance order;
    private readonly SimulatedChance disasters;
    private readonly SimulatedNetwork network;
    private readonly SimulatedNode clientNode;
    private readonly ProcessTurns clientTurns;
    private readonly ServiceProvider clientServices;
    private readonly VirtualClock clock;
    private readonly ProcessClock world;
    private double crashProbability;
    private int owner = Environment.CurrentManagedThreadId;
    private bool entered;
    private string? failure;
    private IThreadPoolWorkItem? running;
    private int asked;
    private static readonly TimeSpan LeastGrace = TimeSpan.FromMilliseconds(50);

    private volatile string? escaped;
    private volatile bool suspected;

    /// <param name="seed">Decides everything that chance decides.</param>
    /// <param name="options">How the world behaves.</param>
    /// <param name="configure">Composes a silo, at each start of each silo, as a real process would: it has to call <c>AddLocalSilo</c>. Virtual time and the executor are already registered.</param>
    public SimulatedCluster(ulong seed, SimulationOptions options, Action<SiloStart, IServiceCollection> configure)
    {
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        (Seed, Options, crashProbability) = (seed, options, options.CrashProbability);
        Trace = new(options.TraceLinesMax);
        inside = CaptureInside();
        chance = new(seed);
        (order, disasters) = (chance.Split("order"), chance.Split("disasters"));
        clock = new(this, options.Start);
        world = new(this, clock);
        network = new(this, chance.Split("network")) { Faults = options.Faults };
        clientNode = new(this, "client", -1);
        clientTurns = new(new(this), "client");
        for (var i = 0; i < options.Silos; i++)
        {
            silos.Add(new(this, new(this, $"silo-{i}", i), configure));
        }

        Enter(() => silos.ForEach(silo => silo.Boot()));
        clientServices = StartClient();
        RunUntil(() => silos.TrueForAll(silo => silo.IsReady || !silo.IsRunning), TimeSpan.FromMinutes(10));
    }

    public ulong Seed { get; }

    public SimulationOptions Options { get; }

    public SimulationTrace Trace { get; }

    public IReadOnlyList<SimulatedSilo> Silos => silos;

    /// <summary>A client outside the silos. All its calls cross the network.</summary>
    public IClusterClient Client => clientNode.Silo.Grains;

    /// <summary>Virtual time, as the client sees it.</summary>
    public TimeProvider Clock => clientNode.Clock;

    /// <summary>Called after every step, for checking what must always hold. What it throws ends the run.</summary>
    public Action? AfterEachStep { get; set; }

    /// <summary>What happens to messages from now on.</summary>
    public NetworkFaults Faults
    {
        get => network.Faults;
        set => network.Faults = value;
    }

    internal DateTime Time => new(clock.Now, DateTimeKind.Utc);

    /// <summary>Cuts these silos off from all others and from the client. Messages between the sides are lost, those under way included.</summary>
    public void Cut(params SimulatedSilo[] side) => Enter(() =>
    {
        network.Cut([.. side.Select(silo => silo.Node)]);
        Trace.Note(TraceKind.Cut, side.Aggregate(0L, (sum, silo) => (sum * 67) + silo.Node.Index + 1));
        Trace.Line($"{Time} cut: {string.Join(", ", side.Select(silo => silo.Name))}");
        After(Options.DeathNoticedAfter, () => network.NoticeTheUnreachable(Nodes()));
    });

    /// <summary>Ends all cuts. Where a grain has two activations, one of them is told to end.</summary>
    public void Heal() => Enter(() =>
    {
        network.Heal(Nodes());
        Trace.Note(TraceKind.Heal, 0);
        Trace.Line($"{Time} heal");
    });

    /// <summary>Ends all trouble: no more faults and crashes by chance, cuts healed, every silo that is down started again.</summary>
    public void Calm()
    {
        (Faults, crashProbability) = (NetworkFaults.None, 0);
        Heal();
        silos.ForEach(silo => silo.Restart());
    }

    /// <summary>Takes one step: a turn, a timer or a delivery. False if nothing is left to happen, ever.</summary>
    public bool Step() => Enter(() => StepBefore(long.MaxValue));

    /// <summary>Takes steps until the condition holds. Throws <see cref="SimulationException"/> if it does not within that much virtual time, or if nothing is left to happen.</summary>
    public void RunUntil(Func<bool> condition, TimeSpan limit) => Enter(() =>
    {
        var end = clock.Now + limit.Ticks;
        while (!condition())
        {
            if (!StepBefore(end))
            {
                WaitForTheEscaped();
                ThrowIfBroken();
                throw new SimulationException($"The condition did not come true within {limit} of virtual time (seed {Seed}, {Trace.Steps} steps, now {Time:O}). {Describe()}");
            }
        }
    });

    /// <summary>Lets all happen that happens within this time.</summary>
    public void Advance(TimeSpan by) => Enter(() =>
    {
        var end = clock.Now + by.Ticks;
        while (StepBefore(end))
        {
        }

        clock.MoveTo(end);
    });

    /// <summary>Runs client code to its end.</summary>
    /// <param name="limit">The virtual time it may take; a day where left out.</param>
    public void Run(Func<Task> work, TimeSpan? limit = null) => Run(async () =>
    {
        await work();
        return true;
    }, limit);

    public TResult Run<TResult>(Func<Task<TResult>> work, TimeSpan? limit = null)
    {
        var task = Start(work);
        RunUntil(() => task.IsCompleted, limit ?? TimeSpan.FromDays(1));
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Starts client code, which then goes on as the simulation is run.</summary>
    public Task<TResult> Start<TResult>(Func<Task<TResult>> work) => Enter(() => clientTurns.Start(work));

    public Task Start(Func<Task> work) => Enter(() => clientTurns.Start(work));

    public void Dispose()
    {
        silos.ForEach(silo => silo.DisposeServices());
        clientServices.Dispose();
    }

    private bool StepBefore(long limit)
    {
        ThrowIfBroken();
        if (crashProbability > 0 && disasters.Happens(crashProbability))
        {
            CrashSomeone();
        }

        if (runnable.Count == 0 && !clock.JumpToNext(limit))
        {
            return false;
        }

        var index = runnable.Count == 1 ? 0 : order.Below(runnable.Count);
        var item = runnable[index];
        runnable[index] = runnable[^1];
        runnable.RemoveAt(runnable.Count - 1);
        (running, asked) = (item, 0);
        item.Execute();
        AfterEachStep?.Invoke();
        ThrowIfBroken();
        return true;
    }

    private void CrashSomeone()
    {
        var up = silos.Where(silo => silo.IsRunning).ToArray();
        if (up.Length > 0)
        {
            var victim = up[disasters.Below(up.Length)];
            victim.Crash();
            After(disasters.UpTo(Options.DownAtMost), victim.Restart);
        }
    }

    // Work that left is known by name only when its thread touches the world again, and on a busy machine that thread may not have run yet.
    private void WaitForTheEscaped() =>
        SpinWait.SpinUntil(() => escaped is not null, Options.EscapeGrace > LeastGrace ? Options.EscapeGrace : LeastGrace);

    private void ThrowIfBroken()
    {
        if (suspected || escaped is not null)
        {
            WaitForTheEscaped();
            var what = escaped ?? "a thread of the pool ran work that was started in it and has not come back";
            throw new SimulationEscapedException($"Work left the simulation (seed {Seed}, step {Trace.Steps}): {what}");
        }

        if (failure is not null)
        {
            throw new SimulationException(failure);
        }

        if (Trace.Steps > Options.StepsMax)
        {
            throw new SimulationException($"The simulation took {Options.StepsMax} steps (seed {Seed}) and is taken to run in circles. {Describe()}");
        }
    }

    private string Describe() => $"{runnable.Count} works are runnable; {string.Join(", ", silos.Select(silo => $"{silo.Name} {(silo.IsRunning ? $"up with {silo.ActivationCount} activations" : "down")}"))}. "
        + string.Concat(silos.Where(silo => silo.IsRunning).SelectMany(silo => silo.Node.Silo.DescribeWaiting()).Take(20));

    private IEnumerable<SimulatedNode> Nodes() => silos.Select(silo => silo.Node).Append(clientNode);

    private ServiceProvider StartClient()
    {
        (clientNode.IsUp, clientNode.Clock) = (true, NewClock());
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(clientNode.Clock);
        collection.AddSingleton<ITurnExecutor>(new SimulatedExecutor(this));
        collection.AddLocalSilo(silo => silo.Configure(options => (options.Name, options.ResponseTimeout) = ("client", Options.ClientResponseTimeout)));
        collection.AddSingleton(silos[0].Services.GetRequiredService<GrainRegistry>());
        var services = collection.BuildServiceProvider();
        clientNode.Silo = services.GetRequiredService<LocalSilo>();
        clientNode.Silo.JoinSimulation(this, clientNode);
        return services;
    }
}
