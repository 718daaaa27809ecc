using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Grains.Sessions;
using Orchestrator.Grains.Tests.Topics;
using Orchestrator.Grains.Workflows;
using Orchestrator.Testing.Journals;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Sessions;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Sessions;

/// <summary>A silo in virtual time with the real grains of sessions and workflows, and an agent that counts in its session how often it has answered.</summary>
internal sealed class SessionWorld : IDisposable
{
    private readonly NewsServices kept = new(tellsAll: false);
    private readonly CountingAgent agent = new();
    private readonly SimulatedCluster cluster;

    public SessionWorld(ulong seed = 1) => cluster = new SimulatedCluster(seed, new SimulationOptions(), (start, services) =>
    {
        kept.AddTo(services, start.Name);
        services.AddSingleton<IDeclared<AgentRegistration>>(Declared.Agents([new AgentRegistration("counter", AgentKind.Builtin, ["count", "fail"], [], 100)]));
        services.AddSingleton<IAgentTransport>(provider => agent.At(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHealthProbe, NobodyIsAsked>();
    });

    public InMemoryJournal Journal => kept.Journal;

    public TimeProvider Clock => cluster.Clock;

    /// <summary>Calls of the agent, those that a crash had made again among them.</summary>
    public int Calls => agent.Calls;

    public int Activations => cluster.Silos[0].ActivationCount;

    /// <summary>How long the agent takes.</summary>
    public TimeSpan Takes
    {
        set => agent.Takes = value;
    }

    public IGrainFactory Grains => cluster.Client;

    public Session? See(string id = "s1") => Do(() => Grains.Session(new SessionId(id)).GetAsync())?.Content;

    public SessionReply Open(string id = "s1", string fingerprint = "f") => Do(() => Grains.Session(new SessionId(id)).OpenAsync(new OpenSession(
        fingerprint, "ana", ImmutableSortedDictionary<string, string>.Empty.Add("counter", "counter-" + id), OnBusy.Queue, Payload.EmptyObject)));

    public PostReply Post(string message, OnBusy? onBusy = null, string action = "count") => Do(() => PostAsync(message, onBusy, action));

    public Task<PostReply> PostAsync(string message, OnBusy? onBusy = null, string action = "count") => Grains.Session(new SessionId("s1")).PostAsync(
        new PostMessage(message, message, SessionMessageKind.Ask, "counter", action, Payload.EmptyObject, onBusy));

    /// <summary>Sends a message as a stubborn client does: again and again, under one id, until it is told that it was taken on.</summary>
    public Task Send(string message, TimeSpan after) => cluster.Start(async () =>
    {
        await Task.Delay(after, Clock);
        while (true)
        {
            try
            {
                if ((await PostAsync(message)).Refusal is null)
                {
                    return;
                }
            }
            catch (Exception)
            {
                // Whether it was taken on is unknown.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), Clock);
        }
    });

    public MessageState? StateOf(string message) => Do(() => Grains.Session(new SessionId("s1")).GetMessageAsync(message))?.State;

    public T Do<T>(Func<Task<T>> work) => cluster.Run(work);

    public void Pass(double seconds) => cluster.Advance(TimeSpan.FromSeconds(seconds));

    public void RunUntil(Func<bool> condition, TimeSpan limit) => cluster.RunUntil(condition, limit);

    /// <summary>Lets so many turns happen, then ends the process in the middle of whatever it was at.</summary>
    public void CrashAfter(int turns)
    {
        for (var turn = 0; turn < turns && cluster.Step(); turn++)
        {
        }

        CrashAndRestart();
    }

    public void CrashAndRestart()
    {
        cluster.Silos[0].Crash();
        cluster.Silos[0].Restart();
        cluster.RunUntil(() => cluster.Silos[0].IsReady, TimeSpan.FromMinutes(1));

        // What a sweeper does for workflows whose process is gone.
        foreach (var row in Journal.Rows().Where(row => !row.Status.IsFinal()).ToList())
        {
            cluster.Run(() => Grains.Workflow(row.Id).WakeAsync());
        }
    }

    public void Dispose() => cluster.Dispose();

    private sealed class CountingAgent : IAgentTransport
    {
        private TimeProvider clock = TimeProvider.System;

        public int Calls { get; private set; }

        public TimeSpan Takes { get; set; } = TimeSpan.FromSeconds(1);

        public AgentKind Kind => AgentKind.Builtin;

        public CountingAgent At(TimeProvider time)
        {
            clock = time;
            return this;
        }

        public async ValueTask<AgentAnswer> CallAsync(AgentRegistration agent, AgentInstance instance, AgentRequest request, CancellationToken cancellationToken)
        {
            Calls++;
            var state = request.Input.As<JsonElement>().GetProperty("state");
            var count = state.ValueKind == JsonValueKind.Number ? state.GetInt32() + 1 : 1;
            await Task.Delay(Takes, clock, cancellationToken);
            return request.Action == "fail" ? AgentAnswer.Fail("agent.error", "It will not.") : AgentAnswer.Ok(Payload.From(new { count, remember = new { state = count } }));
        }
    }

    private sealed class NobodyIsAsked : IHealthProbe
    {
        public ValueTask<bool> IsWellAsync(AgentInstance instance, HealthCheck check, CancellationToken cancellationToken) => new(true);
    }
}
