using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Tests.Silos;
using Orchestrator.Grains.Workflows;
using Orchestrator.Testing.Blobs;
using Orchestrator.Testing.Journals;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Agents;

/// <summary>A silo in a test's own time with the real grains, a journal in memory, and agents that answer what the test says.</summary>
internal sealed class AgentWorld : IDisposable
{
    private readonly ScriptedTransport transport = new();
    private readonly ScriptedProbe probe = new();
    private readonly TestSilo silo;

    public AgentWorld(ulong seed = 1, params AgentRegistration[] declared)
        : this(seed, compose: null, declared)
    {
    }

    /// <param name="compose">Adds what the test needs beside; called at each start.</param>
    public AgentWorld(ulong seed, Action<IServiceCollection>? compose, params AgentRegistration[] declared) => silo = new TestSilo(seed, (name, services) =>
    {
        compose?.Invoke(services);
        services.AddSingleton<IWorkflowJournal>(Journal);
        services.AddSingleton<IBlobStore>(Blobs);
        services.AddSingleton(Journal.StartProcess(name));
        services.AddSingleton(WorkflowPolicy.Default);
        services.AddSingleton<IDeclared<AgentRegistration>>(Declared.Agents(declared));
        services.AddSingleton<IAgentTransport>(transport);
        services.AddSingleton<IHealthProbe>(probe);
    });

    public TimeProvider Clock => silo.Clock;

    public InMemoryJournal Journal { get; } = new();

    public InMemoryBlobStore Blobs { get; } = new();

    public List<AgentRequest> Calls => transport.Calls;

    public IGrainFactory Grains => silo.Grains;

    /// <summary>The endpoints that answer their checks.</summary>
    public HashSet<string> Well => probe.Well;

    /// <summary>How the agents answer: null means not until the call is given up.</summary>
    public Func<AgentRequest, AgentAnswer?> Answer
    {
        set => transport.Answer = value;
    }

    public static AgentRegistration Agent(
        string name, int concurrency = 100, BreakerPolicy? breaker = null, int queueMax = 100, AgentKind kind = AgentKind.Builtin, params string[] capabilities) =>
        new(name, kind, [.. capabilities], kind == AgentKind.Http ? [new AgentInstance("http://" + name)] : [], concurrency, Breaker: breaker, QueueMax: queueMax);

    public WorkflowId Start(string id, string? agentId, TimeSpan? timeout = null, string action = "do", RetryPolicy? retry = null, string? traceParent = null)
    {
        var workflow = new WorkflowId(id);
        var plan = new Plan(id, [new Step("s", agentId, action, Payload.From(id), [], retry, timeout)]);
        Do(() => Grains.Workflow(workflow).StartAsync(new StartWorkflow(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, id, TraceParent: traceParent)));
        return workflow;
    }

    public WorkflowView See(WorkflowId workflow) => Do(() => Grains.Workflow(workflow).GetAsync())!;

    public WorkflowView Finish(WorkflowId workflow, double withinSeconds = 60)
    {
        silo.RunUntil(() => Journal.Rows().Any(row => row.Id == workflow && row.Status.IsFinal()), TimeSpan.FromSeconds(withinSeconds));
        return See(workflow);
    }

    public IEnumerable<WorkflowEvent> History(WorkflowId workflow) => Journal.History(workflow).Select(entry => entry.Event);

    public AgentView? See(string agent) => Do(() => Grains.Agent(agent).GetAsync());

    public T Do<T>(Func<Task<T>> work) => silo.Do(work);

    public void Do(Func<Task> work) => silo.Do(work);

    /// <summary>Ends the silo here and now, with nothing put in order, and starts it again on what it had stored.</summary>
    public void CrashAndRestart() => silo.CrashAndRestart();

    public void RunUntil(Func<bool> condition) => silo.RunUntil(condition, TimeSpan.FromSeconds(60));

    public void Pass(double seconds) => silo.Pass(TimeSpan.FromSeconds(seconds));

    public void Dispose() => silo.Dispose();

    private sealed class ScriptedProbe : IHealthProbe
    {
        public HashSet<string> Well { get; } = [];

        public ValueTask<bool> IsWellAsync(AgentInstance instance, HealthCheck check, CancellationToken cancellationToken) => new(Well.Contains(instance.Endpoint));
    }

    private sealed class ScriptedTransport : IAgentTransport
    {
        public List<AgentRequest> Calls { get; } = [];

        public Func<AgentRequest, AgentAnswer?> Answer { get; set; } = request => AgentAnswer.Ok(request.Input);

        public AgentKind Kind => AgentKind.Builtin;

        public async ValueTask<AgentAnswer> CallAsync(AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken)
        {
            lock (Calls)
            {
                Calls.Add(request);
            }

            if (Answer(request) is { } answer)
            {
                return answer;
            }

            var givenUp = new TaskCompletionSource<AgentAnswer>();
            await using var registration = cancellationToken.Register(() => givenUp.TrySetCanceled(cancellationToken));
            return await givenUp.Task;
        }
    }
}
