using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Limits;
using Orchestrator.Grains.Steps;
using Orchestrator.Grains.Workflows;
using Orchestrator.Simulation.Defects;
using Orchestrator.Simulation.Worlds;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Clusters;

/// <summary>Clusters in which one of the fences that a cluster rests on is missing, each taken away from outside.</summary>
internal static class MissingFences
{
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>No fence is missing here: the word that an attempt is no longer wanted never arrives.</summary>
    public static WorldOptions CancelsAreLost { get; } = WithFilter((grain, method) => grain is StepGrain && method == nameof(IStepGrain.CancelAsync), _ => { });

    public static (WorldOptions Options, Action<ClusterStory> Story) Of(string name) => All[name];

    private static ImmutableSortedDictionary<string, (WorldOptions, Action<ClusterStory>)> All { get; } = new Dictionary<string, (WorldOptions, Action<ClusterStory>)>
    {
        ["a process that left counts as lost"] = (WithFates(fate => fate == ProcessFate.Left ? ProcessFate.Lost : fate), Stories.RollingRestart),
        ["a process that runs counts as lost"] = (WithFates(fate => fate == ProcessFate.Running ? ProcessFate.Lost : fate), Stories.CutAndHealed),
        ["a process that was lost counts as having left"] = (WithFates(fate => fate == ProcessFate.Lost ? ProcessFate.Left : fate), Stories.Poison),
        ["a process that was lost counts as running"] = (WithFates(_ => ProcessFate.Running), Stories.Poison),
        ["every start of every process has the same number"] = (WithEpoch(inner => new ChangedEpoch(inner) { Number = _ => 1 }), Stories.Poison),
        ["a process believes that it is alone"] = (WithEpoch(inner => new ChangedEpoch(inner) { Alone = true }), Stories.BusyAgentsLost),
        ["an agent that was lost settles for no time"] = (With<AgentGrainOptions>(options => options.SettleFor = TimeSpan.Zero), Stories.BusyAgentsLost),
        ["a limit that was lost settles for no time"] = (
            Stories.WithSharedLimit(rate: null).And(With<LimitGrainOptions>(options => options.SettleFor = TimeSpan.Zero)), story => Stories.BusyLimitLost(story, rate: null)),
        ["leases are renewed late"] = (With<StepGrainOptions>(options => options.RenewEvery = TimeSpan.FromSeconds(9.8)), Stories.BusyAgentsLostInLongCalls),
        ["no row says that calls are to be checked"] = (new WorldOptions { Policy = SimulatedWorld.Policy with { CallsCheckedAfter = null } }, Stories.NobodyKnows),
        ["a workflow that lives makes not sure of its calls"] = (
            With<WorkflowGrainOptions>(options => options.OwedCheck = TimeSpan.FromHours(1)) with { Policy = SimulatedWorld.Policy with { CallsCheckedAfter = null } },
            Stories.StepLost),
        ["a step never asks whether it is wanted"] = (
            CancelsAreLost.And(With<StepGrainOptions>(options => options.UnheardMax = TimeSpan.FromHours(1))), Stories.CancelLost),
        ["a workflow wants whatever it is asked for"] = (
            CancelsAreLost.And(WithFilter((grain, method) => grain is WorkflowGrain && method == nameof(IWorkflowGrain.WantsAsync), context => context.Result = true)),
            Stories.CancelLost),
        ["nobody asks whether another has written"] = (
            new WorldOptions
            {
                Journal = (inner, _) => new FaultyJournal(inner)
                {
                    Read = (journal, workflow, after, limit) => limit == 1 ? new([]) : journal.ReadAsync(workflow, after, limit, CancellationToken.None),
                },
            },
            Stories.ReadBehindACut),
        ["what was claimed once is never given again"] = (new WorldOptions { Index = index => new JealousIndex(index) }, Stories.LossAfterLoss),
        ["wakes do not arrive"] = (
            WithFilter((grain, method) => grain is WorkflowGrain && method == nameof(IWorkflowGrain.WakeAsync), _ => { }), Stories.LossAfterLoss),
        ["what is owed is not asked for again"] = (WithFilter(new AskedOnce().Swallows, _ => { }), Stories.StepLost),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static WorldOptions And(this WorldOptions one, WorldOptions other) => one with
    {
        Services = (start, services) =>
        {
            one.Services(start, services);
            other.Services(start, services);
        },
    };

    private static WorldOptions With<TOptions>(Action<TOptions> change)
        where TOptions : class => new() { Services = (_, services) => services.Configure(change) };

    private static WorldOptions WithFates(Func<ProcessFate, ProcessFate> change) => WithEpoch(inner => new ChangedEpoch(inner) { Fate = change });

    private static WorldOptions WithEpoch(Func<IProcessEpoch, IProcessEpoch> change) => new()
    {
        Services = (_, services) => services.AddSingleton(change((IProcessEpoch)services.Last(service => service.ServiceType == typeof(IProcessEpoch)).ImplementationInstance!)),
    };

    private static WorldOptions WithFilter(Func<object, string, bool> meets, Action<IIncomingGrainCallContext> instead) => new()
    {
        Services = (_, services) => services.AddSingleton<IIncomingGrainCallFilter>(new Filter(meets, instead)),
    };

    private sealed class Filter(Func<object, string, bool> meets, Action<IIncomingGrainCallContext> instead) : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (!meets(context.Grain, context.MethodName))
            {
                return context.Invoke();
            }

            instead(context);
            return Task.CompletedTask;
        }
    }

    /// <summary>Lets the first assignment of each step through, and no other.</summary>
    private sealed class AskedOnce
    {
        private readonly HashSet<string> asked = [];

        public bool Swallows(object grain, string method) =>
            grain is StepGrain step && method == nameof(IStepGrain.StartAsync) && !asked.Add(step.GetPrimaryKeyString());
    }

    private sealed class ChangedEpoch(IProcessEpoch inner) : IProcessEpoch
    {
        public Func<long, long> Number { get; init; } = number => number;

        public Func<ProcessFate, ProcessFate> Fate { get; init; } = fate => fate;

        public bool? Alone { get; init; }

        public long Current => Number(inner.Current);

        public string Owner => inner.Owner;

        public bool IsAlone => Alone ?? inner.IsAlone;

        public ProcessFate FateOf(long epoch) => epoch == Current ? ProcessFate.Running : Fate(inner.FateOf(epoch));
    }

    /// <summary>An index that gives every workflow once, as if the rest after a claim never ended.</summary>
    private sealed class JealousIndex(IWorkflowIndex inner) : IWorkflowIndex
    {
        private static readonly WakeRest ForEver = new(TimeSpan.FromDays(1), TimeSpan.FromDays(1));

        public ValueTask<ImmutableArray<WorkflowId>> ClaimDueAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) =>
            inner.ClaimDueAsync(now, limit, ForEver, cancellationToken);

        public ValueTask<ImmutableArray<WorkflowId>> ClaimOrphansAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) =>
            inner.ClaimOrphansAsync(now, limit, ForEver, cancellationToken);

        public ValueTask<WorkflowPage> ListAsync(WorkflowQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

        public ValueTask<WorkflowSummary?> FindAsync(WorkflowId workflow, CancellationToken cancellationToken) => inner.FindAsync(workflow, cancellationToken);

        public ValueTask<AppendOutcome.RequestSeen?> FindRequestAsync(string key, CancellationToken cancellationToken) => inner.FindRequestAsync(key, cancellationToken);

        public ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

        public ValueTask<DateTimeOffset?> FirstDueAsync(CancellationToken cancellationToken) => inner.FirstDueAsync(cancellationToken);

        public ValueTask<ImmutableArray<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken) => inner.DeadLettersAsync(filter, after, limit, cancellationToken);

        public ValueTask<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) => inner.FindDeadLetterAsync(workflow, step, cancellationToken);

        public ValueTask<ImmutableArray<Approval>> ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken) => inner.ApprovalsAsync(filter, after, limit, cancellationToken);

        public ValueTask<Approval?> FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) => inner.FindApprovalAsync(workflow, step, cancellationToken);

        public ValueTask MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken) => inner.MarkRedrivenAsync(workflow, step, by, cancellationToken);
    }
}
