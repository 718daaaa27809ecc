using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Completions;
using Orchestrator.Grains.Workflows;
using Orchestrator.Testing.Blobs;
using Orchestrator.Testing.Journals;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Crashes;

/// <summary>A silo in virtual time that is crashed after so many turns, agents that take a second or answer later, and people who ask until they are answered.</summary>
internal sealed class CrashWorld : IDisposable
{
    /// <summary>The only agent; any number of calls at a time.</summary>
    public const string Agent = "worker";

    private readonly MemoryGrainStorage storage = new();
    private readonly CountingAgent agent = new();
    private readonly SimulatedCluster cluster;

    public CrashWorld(ulong seed, params Limit[] limits) => cluster = new SimulatedCluster(seed, new SimulationOptions { EscapeGrace = TimeSpan.Zero, StepsMax = 1_000_000 }, (start, services) =>
    {
        services.AddSingleton<IWorkflowJournal>(Journal);
        services.AddSingleton(Journal.StartProcess(start.Name));
        services.AddSingleton(WorkflowPolicy.Default);
        services.AddSingleton<IBlobStore>(new InMemoryBlobStore());
        services.AddSingleton<IDeclared<AgentRegistration>>(Declared.Agents([new AgentRegistration(Agent, AgentKind.Builtin, [], [], 100)]));
        services.AddSingleton<IDeclared<Limit>>(Declared.Limits(limits));
        services.AddSingleton<IAgentTransport>(agent.At(start.Clock, start.Crashed));
        services.AddSingleton<IHealthProbe, NobodyIsAsked>();
        services.AddSingleton(new CompletionTokens([new byte[CompletionTokens.KeyLengthMin]], () => null));
        services.AddSingleton(new CompletionPolicy(OutputBytesMax: 1_000));
        services.AddLocalSilo(local => local
            .AddGrains(typeof(AgentGrain).Assembly)
            .AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => storage));
    });

    public InMemoryJournal Journal { get; } = new();

    /// <summary>Every call as the agent saw it.</summary>
    public List<AgentRequest> Calls => agent.Calls;

    /// <summary>The most calls that the agent saw at the same time.</summary>
    public int CallsAtOnceMax => agent.AtOnceMax;

    /// <summary>The agent takes calls on, and somebody completes them later.</summary>
    public bool AnswersLater
    {
        set => agent.AnswersLater = value;
    }

    public IGrainFactory Grains => cluster.Client;

    public void Start(string id, Step step) => cluster.Run(() => Grains.Workflow(new WorkflowId(id)).StartAsync(
        new StartWorkflow(new Plan("p", [step]), Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, id)));

    /// <summary>Says it again and again until it is answered; the answer may be a refusal.</summary>
    public Task Say<TReply>(Func<Task<TReply>> what) => cluster.Start(async () =>
    {
        for (var answered = false; !answered;)
        {
            try
            {
                await what();
                answered = true;
            }
            catch (Exception)
            {
                // Whether it was heard is unknown.
                await Task.Delay(TimeSpan.FromSeconds(1), cluster.Clock);
            }
        }
    });

    public T Do<T>(Func<Task<T>> work) => cluster.Run(work);

    public IEnumerable<TEvent> Happened<TEvent>(string id = "w") => Journal.History(new WorkflowId(id)).Select(entry => entry.Event).OfType<TEvent>();

    public WorkflowStatus StatusOf(string id = "w") => Journal.Rows().Single(row => row.Id.Value == id).Status;

    /// <summary>Lets so many turns happen, or fewer when no more come within seconds; then ends the process in the middle of whatever it was at, and starts it again.</summary>
    public void CrashAfter(int turns)
    {
        var quiet = cluster.Start(async () =>
        {
            for (var look = 0; look < 20; look++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cluster.Clock);
                await SweepAsync();
            }
        });
        for (var turn = 0; turn < turns && !quiet.IsCompleted && cluster.Step(); turn++)
        {
        }

        cluster.Silos[0].Crash();
        cluster.Silos[0].Restart();
        cluster.RunUntil(() => cluster.Silos[0].IsReady, TimeSpan.FromMinutes(1));
        Wake(Journal.Rows().Where(row => !row.Status.IsFinal()).Select(row => row.Id));
    }

    /// <summary>Lets time pass, and every second does what a sweeper does.</summary>
    public void Pass(double seconds)
    {
        for (; seconds > 0; seconds--)
        {
            cluster.Advance(TimeSpan.FromSeconds(Math.Min(1, seconds)));
            cluster.Run(SweepAsync);
        }
    }

    public void Dispose() => cluster.Dispose();

    private async Task SweepAsync() => Wake(await Journal.ClaimDueAsync(cluster.Clock.GetUtcNow(), 1_000, default(WakeRest), CancellationToken.None));

    private void Wake(IEnumerable<WorkflowId> due)
    {
        foreach (var id in due.ToList())
        {
            _ = Say(async () =>
            {
                await Grains.Workflow(id).WakeAsync();
                return true;
            });
        }
    }

    private sealed class CountingAgent : IAgentTransport
    {
        private TimeProvider clock = TimeProvider.System;
        private int callsOut;

        public List<AgentRequest> Calls { get; } = [];

        public int AtOnceMax { get; private set; }

        public bool AnswersLater { get; set; }

        public AgentKind Kind => AgentKind.Builtin;

        public CountingAgent At(TimeProvider time, CancellationToken crashed)
        {
            // What was under way in the process that ends is under way no more.
            clock = time;
            crashed.Register(() => callsOut = 0);
            return this;
        }

        public async ValueTask<AgentAnswer> CallAsync(AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken)
        {
            Calls.Add(request);
            AtOnceMax = Math.Max(AtOnceMax, ++callsOut);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            callsOut--;
            return AnswersLater ? AgentAnswer.Later : AgentAnswer.Ok(Payload.From(request.WorkflowId));
        }
    }

    private sealed class NobodyIsAsked : IHealthProbe
    {
        public ValueTask<bool> IsWellAsync(AgentInstance instance, HealthCheck check, CancellationToken cancellationToken) => new(true);
    }
}
