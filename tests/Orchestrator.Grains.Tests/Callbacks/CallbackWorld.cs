using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Callbacks;
using Orchestrator.Execution.Callbacks;
using Orchestrator.Grains.Callbacks;
using Orchestrator.Grains.Tests.Topics;
using Orchestrator.Grains.Workflows;
using Orchestrator.Testing.Journals;
using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Callbacks;

/// <summary>A silo in virtual time with the real grains of workflows, topics and callbacks, and a receiver that answers what the test says.</summary>
internal sealed class CallbackWorld : IDisposable
{
    public const string Url = "https://receiver.example/hooks?token=secret";

    private readonly NewsServices kept = new(tellsAll: false);
    private readonly ScriptedSender sender = new();
    private readonly SimulatedCluster cluster;

    public CallbackWorld() => cluster = new SimulatedCluster(seed: 1, new SimulationOptions(), (start, services) =>
    {
        kept.AddTo(services, start.Name);
        services.AddSingleton<ICallbackSender>(sender);
    });

    public InMemoryJournal Journal => kept.Journal;

    public InMemoryTopicLog Log => kept.Log;

    public List<CallbackMessage> Sent => sender.Sent;

    public Func<CallbackOutcome> Receiver
    {
        set => sender.Answer = value;
    }

    public CallbackView? See(string id) => Do(() => cluster.Client.Callback(new WorkflowId(id)).GetAsync());

    public CallbackView? Redeliver(string id) => Do(() => cluster.Client.Callback(new WorkflowId(id)).RedeliverAsync());

    public T Do<T>(Func<Task<T>> work) => cluster.Run(work);

    public void Owe(string id, long number) => cluster.Run(() => cluster.Client.Callback(new WorkflowId(id)).OweAsync(number));

    /// <summary>Starts a workflow that ends by itself after a second.</summary>
    public void Start(string id, string? callback = Url, TimeSpan? nap = null)
    {
        var plan = new Plan(id, [new Step("nap", Sleep: nap ?? TimeSpan.FromSeconds(1))]);
        Do(() => cluster.Client.Workflow(new WorkflowId(id)).StartAsync(
            new StartWorkflow(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty.Add("team", "docs"), id, CallbackUrl: callback)));
    }

    /// <summary>Lets time pass, then what a host does twice a second happen once.</summary>
    public void Pass(double seconds)
    {
        cluster.Advance(TimeSpan.FromSeconds(seconds));
        cluster.Run(() => cluster.Client.WorkflowNews().TellAsync());
        cluster.Run(() => cluster.Client.CallbackRelay().RelayAsync());
        cluster.Advance(TimeSpan.FromMilliseconds(10));
    }

    /// <summary>What a sweeper does for a workflow that rests until it is due.</summary>
    public void Wake(string id) => cluster.Run(() => cluster.Client.Workflow(new WorkflowId(id)).WakeAsync());

    public void Sleep(double seconds) => cluster.Advance(TimeSpan.FromSeconds(seconds));

    public void CrashAndRestart()
    {
        cluster.Silos[0].Crash();
        cluster.Silos[0].Restart();
        cluster.RunUntil(() => cluster.Silos[0].IsReady, TimeSpan.FromMinutes(1));
    }

    public static JsonElement BodyOf(CallbackMessage message) => JsonDocument.Parse(message.Body).RootElement;

    public void Dispose() => cluster.Dispose();

    private sealed class ScriptedSender : ICallbackSender
    {
        public List<CallbackMessage> Sent { get; } = [];

        public Func<CallbackOutcome> Answer { get; set; } = () => new CallbackOutcome(204);

        public ValueTask<CallbackOutcome> SendAsync(CallbackMessage message, CancellationToken cancellationToken)
        {
            Sent.Add(message);
            return new(Answer());
        }
    }
}
