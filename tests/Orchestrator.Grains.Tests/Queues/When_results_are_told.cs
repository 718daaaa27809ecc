using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Queues;
using Orchestrator.Execution.Topics;
using Orchestrator.Grains.Queues;
using Orchestrator.Grains.Tests.Topics;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Queues;

public sealed class When_results_are_told : IDisposable
{
    private readonly NewsServices kept = new(tellsAll: true);
    private readonly ScriptedQueue queue = new();
    private readonly SimulatedCluster cluster;

    public When_results_are_told() => cluster = new SimulatedCluster(seed: 1, new SimulationOptions(), (start, services) =>
    {
        kept.AddTo(services, start.Name);
        services.AddSingleton<IResultQueue>(queue);
        services.AddSingleton(new Random(1));
    });

    public void Dispose() => cluster.Dispose();

    [Fact]
    public void each_end_is_told_once_in_words_that_carry_its_output_and_name()
    {
        Start("a");
        Pass(2);
        Pass(1);

        var told = queue.Told.ShouldHaveSingleItem();
        var body = JsonDocument.Parse(told.Body).RootElement;
        (told.Topic, body.GetProperty("type").GetString(), body.GetProperty("subject").GetString()).ShouldBe(("workflow.completed", "workflow.completed", "a"));
        told.Id.ShouldBe($"/api/v1/workflows/a/{body.GetProperty("id").GetString()}");
        body.GetProperty("data").GetProperty("tags").GetProperty("team").GetString().ShouldBe("docs");
    }

    [Fact]
    public void a_broker_that_is_away_is_asked_again_ever_more_seldom_and_gets_everything_when_it_is_back()
    {
        queue.Away = true;
        Start("a");
        Start("b");
        Pass(2);
        for (var turn = 0; turn < 600; turn++)
        {
            Pass(0.5);
        }

        // Five minutes, from half a second to half a minute between two tries.
        queue.Tries.ShouldBeInRange(10, 40);
        queue.Told.ShouldBeEmpty();
        queue.Away = false;
        cluster.Silos[0].Crash();
        cluster.Silos[0].Restart();
        cluster.RunUntil(() => cluster.Silos[0].IsReady, TimeSpan.FromMinutes(1));
        Pass(31);
        Pass(31);
        queue.Told.Select(one => one.Id.Split('/')[4]).Order().ShouldBe(["a", "b"]);
    }

    [Fact]
    public void an_end_that_shows_before_its_workflow_has_heard_of_it_is_waited_for()
    {
        Start("first");
        Pass(2);
        var end = queue.Told.Single().Id.Split('/')[5];
        Start("late", nap: TimeSpan.FromSeconds(20));

        // What a reader of the topic sees between the commit and the moment in which the workflow learns of it.
        Publish("late", end);
        Start("after");
        Pass(2);
        queue.Told.Count.ShouldBe(1, "Nothing after it is told, or how far it was told could not be noted.");
        Pass(20);
        Pass(1);
        queue.Told.Select(one => one.Id).ShouldBe(
            ["/api/v1/workflows/first/" + end, "/api/v1/workflows/late/" + end, "/api/v1/workflows/after/" + end], ignoreOrder: true);
    }

    [Fact]
    public void what_others_publish_about_workflows_is_not_believed_and_holds_nobody_up_for_long()
    {
        Start("a", nap: TimeSpan.FromDays(1));
        Publish("a", "1");
        Publish("a", "999");
        Publish("nobody", "3");
        Start("b");
        Pass(2);
        queue.Told.ShouldBeEmpty();
        Pass(61);
        Pass(1);
        queue.Told.ShouldHaveSingleItem().Id.ShouldStartWith("/api/v1/workflows/b/");
    }

    private void Start(string id, TimeSpan? nap = null) => cluster.Run(() => cluster.Client.Workflow(new WorkflowId(id)).StartAsync(new StartWorkflow(
        new Plan(id, [new Step("nap", Sleep: nap ?? TimeSpan.FromSeconds(1))]), Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty.Add("team", "docs"), id)));

    private void Publish(string workflow, string number)
    {
        var news = new CloudEvent(number, "/api/v1/workflows/" + workflow, "workflow.completed", workflow, Payload.EmptyObject, ImmutableSortedDictionary<string, string>.Empty);
        cluster.Run(async () => await kept.Log.AppendAsync(new TopicAppend(WorkflowNews.Topic, [news], cluster.Clock.GetUtcNow()), CancellationToken.None));
    }

    /// <summary>Lets time pass, then what a host does twice a second happen once.</summary>
    private void Pass(double seconds)
    {
        cluster.Advance(TimeSpan.FromSeconds(seconds));
        cluster.Run(() => cluster.Client.WorkflowNews().TellAsync());
        cluster.Run(() => cluster.Client.ResultRelay().RelayAsync());
    }

    private sealed class ScriptedQueue : IResultQueue
    {
        public bool Away { get; set; }

        public int Tries { get; private set; }

        public List<ResultMessage> Told { get; } = [];

        public Task PublishAsync(IReadOnlyList<ResultMessage> results, CancellationToken cancellationToken)
        {
            Tries++;
            if (Away)
            {
                throw new IOException("The broker is away.");
            }

            Told.AddRange(results);
            return Task.CompletedTask;
        }
    }
}
