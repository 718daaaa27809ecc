using Orchestrator.Decisions.Callbacks;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Topics;
using Orchestrator.Grains.Callbacks;
using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Callbacks;

public sealed class When_a_workflow_has_a_callback
{
    [Fact]
    public void the_receiver_is_told_once_how_it_ended()
    {
        using var world = new CallbackWorld();
        world.Start("w1");
        world.Pass(0.5);
        world.Sent.ShouldBeEmpty();
        world.See("w1").ShouldBeNull();

        world.Pass(1);
        world.Pass(120);

        var message = world.Sent.ShouldHaveSingleItem();
        message.Url.ShouldBe(CallbackWorld.Url);
        var body = CallbackWorld.BodyOf(message);
        new[] { "specversion", "source", "type", "subject", "datacontenttype" }.Select(name => body.GetProperty(name).GetString())
            .ShouldBe(["1.0", "/api/v1/workflows/w1", "workflow.completed", "w1", "application/json"]);
        message.Id.ShouldBe("w1:" + body.GetProperty("id").GetString());
        var data = body.GetProperty("data");
        data.GetProperty("state").GetString().ShouldBe("completed");
        data.GetProperty("tags").GetProperty("team").GetString().ShouldBe("docs");
        data.TryGetProperty("output", out _).ShouldBeTrue();

        var view = world.See("w1")!;
        (view.State, view.Tries, view.LastStatus, view.NextAt).ShouldBe((CallbackState.Delivered, 1, 204, null));
        view.Url.ShouldBe("https://receiver.example/hooks", "a query may hold a secret");
    }

    [Fact]
    public void a_workflow_without_one_tells_nobody()
    {
        using var world = new CallbackWorld();
        world.Start("w1", callback: null);
        world.Pass(5);
        world.Sent.ShouldBeEmpty();
        world.See("w1").ShouldBeNull();
    }

    [Fact]
    public void a_receiver_that_is_away_is_told_when_it_is_back()
    {
        using var world = new CallbackWorld();
        world.Receiver = () => new CallbackOutcome(null, "away");
        world.Start("w1");
        world.Pass(1.5);
        world.Pass(5.1);
        world.Pass(25.1);
        world.Sent.Count.ShouldBe(3);
        var view = world.See("w1")!;
        (view.State, view.Tries, view.LastProblem).ShouldBe((CallbackState.Owed, 3, "away"));

        world.Receiver = () => new CallbackOutcome(200);
        world.Pass(126);

        world.Sent.Count.ShouldBe(4);
        world.Sent.Select(message => message.Id).Distinct().Count().ShouldBe(1, "by which the receiver knows a repeated one");
        world.See("w1")!.State.ShouldBe(CallbackState.Delivered);
    }

    [Fact]
    public void what_is_owed_is_told_after_a_crash_without_anybody_asking()
    {
        using var world = new CallbackWorld();
        world.Receiver = () => new CallbackOutcome(503, "busy");
        world.Start("w1");
        world.Pass(1.5);
        world.Sent.Count.ShouldBe(1);

        world.CrashAndRestart();
        world.Receiver = () => new CallbackOutcome(200);
        world.Pass(120);

        world.Sent.Count.ShouldBe(2);
        world.See("w1")!.State.ShouldBe(CallbackState.Delivered);
        world.Pass(600);
        world.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public void a_crash_before_it_was_taken_on_forgets_nothing()
    {
        using var world = new CallbackWorld();
        world.Start("w1");
        world.Sleep(1.5);
        world.Journal.Rows().Single().Status.ShouldBe(WorkflowStatus.Completed);
        world.CrashAndRestart();

        world.Pass(1);

        world.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public void it_is_owed_once_however_often_it_is_handed_over()
    {
        using var world = new CallbackWorld();
        world.Start("w1");
        world.Pass(1.5);
        world.Owe("w1", 1);
        world.Owe("w1", 2);
        world.Pass(60);
        world.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public void what_strangers_publish_calls_nobody()
    {
        using var world = new CallbackWorld();
        world.Start("running", nap: TimeSpan.FromDays(1));
        world.Start("silent", callback: null);
        world.Pass(2);
        var forged = new[] { "running", "silent", "unknown", "not an id" }.Select(subject => SampleEvents.Sample(1, "/" + subject) with { Id = "2", Type = WorkflowNews.CallbackOwed, Subject = subject });
        world.Do(() => world.Log.AppendAsync(new TopicAppend(WorkflowNews.Callbacks, [.. forged, SampleEvents.Sample(7)], default), CancellationToken.None).AsTask());

        world.Pass(60);

        world.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void an_end_that_shows_before_its_workflow_has_heard_of_it_is_told_when_it_has()
    {
        using var world = new CallbackWorld();
        world.Start("first");
        world.Pass(1.5);
        var number = world.Sent.Single().Id.Split(':')[1];
        world.Start("late", nap: TimeSpan.FromSeconds(20));

        // What the relay sees between the commit and the moment in which the workflow learns of it.
        world.Owe("late", long.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
        world.Pass(5);
        world.Sent.Count.ShouldBe(1, "it has not ended");
        world.Pass(20);
        world.Pass(5);

        world.Sent.Count.ShouldBe(2);
        (world.Sent[1].Id, world.See("late")!.Tries).ShouldBe(("late:" + number, 1));
    }

    [Fact]
    public void what_was_no_end_is_forgotten_and_the_end_is_told_all_the_same()
    {
        using var world = new CallbackWorld();
        world.Start("w1", nap: TimeSpan.FromMinutes(10));
        world.Owe("w1", 999);
        world.Pass(120);
        world.See("w1").ShouldBeNull();

        world.Pass(600);
        world.Wake("w1");
        world.Pass(5);

        world.Sent.ShouldHaveSingleItem().Id.ShouldNotContain("999");
    }

    [Fact]
    public void one_that_was_given_up_is_told_again_when_somebody_asks()
    {
        using var world = new CallbackWorld();
        world.Receiver = () => new CallbackOutcome(410, "gone");
        world.Start("w1");
        world.Pass(1.5);
        world.Pass(7200);
        world.Sent.Count.ShouldBe(1);
        world.See("w1")!.State.ShouldBe(CallbackState.GivenUp);

        world.Receiver = () => new CallbackOutcome(200);
        world.Redeliver("w1")!.State.ShouldBe(CallbackState.Owed);
        world.Pass(0.1);

        world.Sent.Count.ShouldBe(2);
        world.Sent[1].Id.ShouldBe(world.Sent[0].Id);
        (world.See("w1")!.State, world.See("w1")!.Tries).ShouldBe((CallbackState.Delivered, 1));
        world.Redeliver("unknown").ShouldBeNull();
    }
}
