using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.BuiltinAgents;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Tests.Silos;
using Orchestrator.Grains.Workflows;
using Orchestrator.PlanLanguage;
using Orchestrator.Testing.Blobs;
using Orchestrator.Testing.Journals;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Examples;

/// <summary>A silo in a test's own time with the built-in agents, which take as long, or fail, as the test says, and otherwise do their real work.</summary>
internal sealed class ExampleWorld : IDisposable
{
    private readonly TimedAgents agents = new();
    private readonly TestSilo silo;
    private readonly InMemoryJournal journal = new();

    public ExampleWorld() => silo = new TestSilo(1, (name, services) =>
    {
        services.AddSingleton<IWorkflowJournal>(journal);
        services.AddSingleton<IBlobStore>(new InMemoryBlobStore());
        services.AddSingleton(journal.StartProcess(name));
        services.AddSingleton(WorkflowPolicy.Default);
        services.AddSingleton<IDeclared<AgentRegistration>>(Declared.Agents(BuiltinAgentCatalog.All.Select(
            agent => new AgentRegistration(agent.Descriptor.Name, AgentKind.Builtin, agent.Descriptor.Actions, [], 100))));
        services.AddSingleton<IAgentTransport>(provider => agents.At(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHealthProbe, NobodyIsAsked>();
    });

    /// <summary>How long the work of an action takes.</summary>
    public Dictionary<string, TimeSpan> Takes => agents.Takes;

    /// <summary>What a call of an action answers instead of the agent; null lets the agent work. It is told the number of the attempt.</summary>
    public Dictionary<string, Func<int, AgentAnswer?>> Instead => agents.Instead;

    /// <summary>Which actions were called when, in seconds since the plan began.</summary>
    public IReadOnlyList<(string Action, double At)> Calls => [.. agents.Calls.Select(call => (call.Action, Math.Round((call.At - Began).TotalSeconds, 2)))];

    private DateTimeOffset Began { get; set; }

    public static Plan Read(string name)
    {
        var reading = PlanDocument.Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "repository", "examples", "s3", name)), PlanFormat.Json);
        reading.Problems.ShouldBeEmpty();
        return reading.Plan!;
    }

    /// <summary>Runs a plan of the examples to its end.</summary>
    public (WorkflowView View, double Seconds) Run(string example)
    {
        var plan = Read(example);
        var id = new WorkflowId(plan.Id!);
        Began = silo.Clock.GetUtcNow();
        silo.Do(() => silo.Grains.Workflow(id).StartAsync(new StartWorkflow(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, plan.Id!)));
        silo.RunUntil(() => journal.Rows().Any(row => row.Id == id && row.Status.IsFinal()), TimeSpan.FromMinutes(5));
        var view = silo.Do(() => silo.Grains.Workflow(id).GetAsync())!;
        return (view, Math.Round((view.FinishedAt!.Value - view.CreatedAt).TotalSeconds, 1));
    }

    /// <summary>Begins so many workflows of each of these plans at once, and runs until all have ended.</summary>
    public IReadOnlyList<WorkflowView> RunAll(IReadOnlyList<string> examples, int times)
    {
        var plans = examples.Select(Read).ToList();
        WorkflowId[] ids = [.. Enumerable.Range(0, times).SelectMany(time => plans.Select(plan => new WorkflowId($"{plan.Id}-{time}")))];
        Began = silo.Clock.GetUtcNow();
        silo.Do(() => Task.WhenAll(ids.Select((id, index) => silo.Grains.Workflow(id).StartAsync(
            new StartWorkflow(plans[index % plans.Count], Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, id.Value)))));
        silo.RunUntil(() => journal.Rows().Count(row => row.Status.IsFinal()) == ids.Length, TimeSpan.FromMinutes(10));
        return silo.Do(() => Task.WhenAll(ids.Select(id => silo.Grains.Workflow(id).GetAsync())))!;
    }

    public void Dispose() => silo.Dispose();

    private sealed class TimedAgents : IAgentTransport
    {
        private readonly Dictionary<string, IAgent> made = [];
        private TimeProvider clock = TimeProvider.System;

        public List<(string Action, DateTimeOffset At)> Calls { get; } = [];

        public Dictionary<string, TimeSpan> Takes { get; } = [];

        public Dictionary<string, Func<int, AgentAnswer?>> Instead { get; } = [];

        public AgentKind Kind => AgentKind.Builtin;

        public TimedAgents At(TimeProvider time)
        {
            clock = time;
            foreach (var agent in BuiltinAgentCatalog.All)
            {
                made[agent.Descriptor.Name] = agent.Create(time, new BuiltinAgentOptions());
            }

            return this;
        }

        public async ValueTask<AgentAnswer> CallAsync(AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken)
        {
            lock (Calls)
            {
                Calls.Add((request.Action, clock.GetUtcNow()));
            }

            await Task.Delay(Takes.GetValueOrDefault(request.Action), clock, cancellationToken);
            return Instead.GetValueOrDefault(request.Action)?.Invoke(request.Attempt) ?? await made[agent.Name].HandleAsync(request, cancellationToken);
        }
    }

    private sealed class NobodyIsAsked : IHealthProbe
    {
        public ValueTask<bool> IsWellAsync(AgentInstance instance, HealthCheck check, CancellationToken cancellationToken) => new(true);
    }
}
