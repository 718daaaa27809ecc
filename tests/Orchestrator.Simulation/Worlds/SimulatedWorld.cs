using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains;
using Orchestrator.Grains.Completions;
using Orchestrator.Grains.Workflows;
using Orchestrator.Simulation.Agents;
using Orchestrator.Simulation.Checks;
using Orchestrator.Simulation.People;
using Orchestrator.Testing.Blobs;
using Orchestrator.Testing.Journals;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Worlds;

/// <summary>Silos with the real workflow grains and sweepers, the store they share, the agents they call, the people who use them, and one seed for it all.</summary>
internal sealed partial class SimulatedWorld : IDisposable
{
    /// <summary>Attempts that name no timeout get this one.</summary>
    public static readonly WorkflowPolicy Policy = WorkflowPolicy.Default with { StepTimeout = TimeSpan.FromSeconds(20) };

    /// <summary>How long a process is not heard of before it counts as lost.</summary>
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(10);

    private readonly WorldOptions options;
    private readonly MemoryGrainStorage records = new();
    private readonly SimulatedChance chance;
    private readonly SimulatedCluster cluster;
    private readonly Dictionary<Trouble, int> noted = [];
    private readonly Trouble trouble;
    private bool calm;
    private SimulatedSilo? lost;
    private DateTimeOffset storeAwayUntil;

    private SimulatedWorld(ulong seed, WorldOptions options)
    {
        this.options = options;
        chance = new SimulatedChance(seed).Split("world");
        var silos = options.Silos ?? 1 + chance.Below(3);
        trouble = options.Trouble ?? AnyTrouble();
        (Seed, calm) = (seed, trouble == Trouble.None);
        var simulation = new SimulationOptions
        {
            Silos = silos,
            Faults = new()
            {
                Lost = Share(Trouble.Losses, 0.01),
                Duplicated = Share(Trouble.Duplicates, 0.05),
                Delayed = Share(Trouble.Delays, 0.05),
                Reordered = Share(Trouble.Delays, 0.05),
            },
            CrashProbability = Share(Trouble.Crashes, 0.0001),
            EscapeGrace = TimeSpan.Zero,
            StepsMax = 300_000,
        };
        var clock = new LateClock();
        Transcript = new Transcript(options.Transcript, clock);
        Journal.IsForOneProcess = silos == 1;
        Checker = new WorldChecker(clock, Journal, options.Policy);
        Agents = new SimulatedAgents(chance.Split("agents"), clock, Checker, Transcript) { IsTroubled = trouble.HasFlag(Trouble.Agents) };
        cluster = new SimulatedCluster(seed, simulation, Compose);
        clock.Inner = cluster.Clock;
        (Agents.Door, Agents.Begin) = (() => cluster.Client.Completions(), work => _ = cluster.Start(work));
        cluster.AfterEachStep = Checker.ThrowIfBroken;
        var messagesAreOrderly = silos == 1 || (trouble & (Trouble.Cuts | Trouble.Losses | Trouble.Duplicates | Trouble.Delays)) == 0;
        Checker.AgentsKeepTheirDesks = messagesAreOrderly;
        Checker.WhatIsOverIsToldAtOnce = messagesAreOrderly && (silos == 1 || !trouble.HasFlag(Trouble.Crashes)) && (trouble & (Trouble.SlowStore | Trouble.StoreAway | Trouble.LostAnswers)) == 0;
    }

    public ulong Seed { get; }

    public InMemoryJournal Journal { get; } = new();

    public InMemoryBlobStore Blobs { get; } = new();

    public WorldChecker Checker { get; }

    public SimulatedAgents Agents { get; }

    public Transcript Transcript { get; }

    public IClusterClient Client => cluster.Client;

    public IReadOnlyList<SimulatedSilo> Silos => cluster.Silos;

    public TimeProvider Clock => cluster.Clock;

    public SimulationTrace Trace => cluster.Trace;

    public bool StoreIsAway => Clock.GetUtcNow() < storeAwayUntil;

    public static SimulatedWorld From(ulong seed, WorldOptions? options = null) => new(seed, options ?? new WorldOptions());

    /// <summary>A source of chance of one's own.</summary>
    public SimulatedChance Chance(string purpose) => chance.Split(purpose);

    /// <summary>The request as it reaches a silo.</summary>
    public StartWorkflow AsSent(StartWorkflow request) => options.Start(request);

    public bool IsTroubledBy(Trouble kind) => !calm && trouble.HasFlag(kind);

    /// <summary>Counts a fault that was done to the world.</summary>
    public void Note(Trouble kind) => noted[kind] = noted.GetValueOrDefault(kind) + 1;

    public void Step(int times)
    {
        for (var i = 0; i < times && cluster.Step(); i++)
        {
        }
    }

    public void Run(Func<Task> work) => cluster.Run(work, options.CalmMax);

    public Task Start(Func<Task> work) => cluster.Start(work);

    public void Advance(TimeSpan by) => cluster.Advance(by);

    public void RunUntil(Func<bool> condition, TimeSpan limit) => cluster.RunUntil(condition, limit);

    public void TakeStoreAway(TimeSpan span) => storeAwayUntil = Clock.GetUtcNow() + span;

    public void Crash(SimulatedSilo silo)
    {
        silo.Crash();
        Transcript.Line($"crash {silo.Name}");
        _ = cluster.Start(async () =>
        {
            await Task.Delay(chance.UpTo(TimeSpan.FromSeconds(20)), Clock);
            if (silo != lost)
            {
                silo.Restart();
            }
        });
    }

    public void Cut(SimulatedSilo silo)
    {
        cluster.Cut(silo);
        if (Silos.Count > 1)
        {
            // Each side may have a grain of its own of everything, until it hears of the other.
            Checker.WhatIsOverIsToldAtOnce = Checker.AgentsKeepTheirDesks = false;
        }

        Transcript.Line($"cut {silo.Name}");
    }

    public void Heal()
    {
        cluster.Heal();
        Transcript.Line("heal");
    }

    /// <summary>Ends all trouble; nothing goes wrong any more.</summary>
    public void Calm()
    {
        (calm, storeAwayUntil) = (true, default);
        Agents.IsTroubled = false;
        cluster.Calm();
        RunUntil(() => Silos.All(silo => silo.IsReady), TimeSpan.FromMinutes(1));
        if (Silos.Count > 1 && trouble.HasFlag(Trouble.Crashes) && chance.Happens(0.3))
        {
            // One silo does not come back. What it had is left to the others.
            lost = Silos[chance.Below(Silos.Count)];
            lost.Crash();
        }

        Transcript.Line("calm");
    }

    public void Dispose() => cluster.Dispose();

    private void Compose(SiloStart start, IServiceCollection services)
    {
        var disk = start.Chance.Split("disk");
        var sweep = start.Chance.Split("sweep");
        var epoch = Journal.StartProcess(start.Name);
        start.Crashed.Register(() => _ = cluster.Start(() => LoseAsync(epoch.Current)));
        services.AddSingleton(epoch);
        services.AddHostedService(_ => new LeavingProcess(() => Journal.EndProcess(epoch.Current, ProcessFate.Left)));
        services.AddSingleton(provider => new SimulatedDisk(this, provider.GetRequiredService<SimulatedSilo>(), start, disk));
        services.AddSingleton(provider => options.Journal(provider.GetRequiredService<SimulatedDisk>(), start));
        services.AddSingleton(provider => options.Index(provider.GetRequiredService<SimulatedDisk>()));
        services.AddSingleton<IBlobStore>(Blobs);
        services.AddSingleton(options.Policy);
        services.AddOptions<WorkflowGrainOptions>();
        services.AddSingleton<IAgentTransport>(new SimulatedTransport(Agents, start));
        services.AddSingleton(new CompletionTokens([new byte[CompletionTokens.KeyLengthMin]], () => null));
        services.AddSingleton(new CompletionPolicy(OutputBytesMax: 1_048_576));
        services.AddSingleton<IHealthProbe>(NobodyIsAsked.Instance);
        services.AddSingleton<IDeclared<AgentRegistration>>(Declared.Agents(RandomPlans.Agents.Select(agent => new AgentRegistration(
            agent.Name, AgentKind.Http, ["do", "undo", "instead"], [new AgentInstance("http://" + agent.Name)], agent.Concurrency))));
        services.AddLocalSilo(silo => silo
            .AddGrains(typeof(WorkflowGrain).Assembly)
            .AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => records));
        services.AddHostedService(provider => new SweepingProcess(
            provider.GetRequiredService<IWorkflowIndex>(), provider.GetRequiredService<IGrainFactory>(), start, sweep));
        options.Services(start, services);
    }

    // Nobody says that a process has died. It is taken for lost when it has not been heard of for long enough, or when it starts anew.
    private async Task LoseAsync(long epoch)
    {
        await Task.Delay(LostAfter, Clock);
        Journal.EndProcess(epoch, ProcessFate.Lost);
    }

    private Trouble AnyTrouble()
    {
        var any = Enum.GetValues<Trouble>().Where(kind => kind is not (Trouble.None or Trouble.All) && chance.Happens(0.65)).Aggregate(Trouble.None, (all, kind) => all | kind);
        return chance.Happens(0.25) ? Trouble.All : any;
    }

    private double Share(Trouble kind, double probability) => trouble.HasFlag(kind) ? probability : 0;

    /// <summary>The world's time, for those who are made before the world is.</summary>
    private sealed class LateClock : TimeProvider
    {
        public TimeProvider? Inner { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Inner?.GetUtcNow() ?? new SimulationOptions().Start;

        public override long GetTimestamp() => Inner!.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Inner!.CreateTimer(callback, state, dueTime, period);
    }
}
