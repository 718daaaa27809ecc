using Orchestrator.Client;
using Orchestrator.Client.Blobs;
using Orchestrator.Client.Plans;
using Orchestrator.Client.Workflows;

namespace Orchestrator.ApiHost.Tests.Client;

/// <summary>The same client over HTTP, and on the orchestrator inside the program (C-07).</summary>
[Collection(SiloServer.Collection)]
public sealed class When_a_program_uses_the_client
{
    private static readonly PlanDefinition<Named, Both> Greetings = PlanDefinition.Of<Named, Both>("greetings", plan =>
    {
        var first = plan.Step("first", Actions.Greet, () => new Named(plan.Input.Name));
        var second = plan.Step("second", Actions.Greet, () => new Named(first.Output.Text));
        return () => new Both(first.Output, second.Output.Text);
    });

    private static readonly PlanDefinition<Named, Greeted> Asked = PlanDefinition.Of<Named, Greeted>("asked", plan =>
    {
        var yes = plan.Approval("yes", "Shall we?");
        var message = plan.Signal<Named>("message", "name", new StepOptions { After = [yes] });
        var greeting = plan.Step("greeting", Actions.Greet, () => new Named(message.Output.Name));
        return () => greeting.Output;
    });

    [Theory]
    [InlineData("server")]
    [InlineData("embedded")]
    public async Task a_typed_plan_gives_a_typed_result(string kind)
    {
        await using var host = await StartAsync(kind);
        var workflow = await host.Client.StartAsync(Greetings, new Named("Ada"), new StartOptions { Tags = new Dictionary<string, string> { ["who"] = "ada" } });
        (await workflow.ResultAsync()).ShouldBe(new Both(new Greeted("Hello Ada", 1), "Hello Hello Ada"));
        var snapshot = await workflow.GetAsync();
        (snapshot.State, snapshot.Progress, snapshot.HasEnded).ShouldBe(("completed", 1, true));
        snapshot.Steps.Select(step => (step.Id, step.State, step.AgentId)).ShouldBe([("first", "completed", "greeter"), ("second", "completed", "greeter")]);
    }

    [Theory]
    [InlineData("server")]
    [InlineData("embedded")]
    public async Task a_content_is_put_handed_to_an_agent_and_given_back(string kind)
    {
        await using var host = await StartAsync(kind);
        using var content = new MemoryStream("not this: Ada"u8.ToArray());
        content.Position = "not this: ".Length;
        var link = await host.Client.UploadAsync(content, "text/plain");
        (link.Bytes, link.ContentType, content.CanRead).ShouldBe((3, "text/plain", true));

        var workflow = await host.Client.StartAsync(Greetings.ToJson(), new { name = link });
        (await workflow.ResultAsync()).GetProperty("second").GetString().ShouldBe("Hello Hello Ada");

        using var back = new MemoryStream();
        await host.Client.DownloadAsync(link, back);
        back.ToArray().ShouldBe("Ada"u8.ToArray());
        var unknown = new BlobLink(link.Digest[..^1] + (link.Digest[^1] == '0' ? '1' : '0'));
        (await Should.ThrowAsync<OrchestratorException>(() => host.Client.DownloadAsync(unknown, back))).Code.ShouldBe("blob.not_found");
        (await Should.ThrowAsync<OrchestratorException>(() => host.Client.StartAsync(Greetings.ToJson(), new { name = unknown }))).Code.ShouldBe("blob.unknown");
    }

    [Theory]
    [InlineData("server")]
    [InlineData("embedded")]
    public async Task every_event_comes_once_and_in_order(string kind)
    {
        await using var host = await StartAsync(kind);
        var workflow = await host.Client.StartAsync(Greetings, new Named("Ada"));
        var events = await workflow.WatchAsync().ToListAsync();
        events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        events[^1].Type.ShouldBe("workflow.completed");
        (await workflow.WatchAsync(after: 3).Select(happened => happened.Number).FirstAsync()).ShouldBe(4);
        (await workflow.WatchAsync(after: events.Count).ToListAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("server")]
    [InlineData("embedded")]
    public async Task one_key_is_one_workflow(string kind)
    {
        await using var host = await StartAsync(kind);
        var options = new StartOptions { Key = "order 17" };
        var first = await host.Client.StartAsync(Greetings, new Named("Ada"), options);
        (await host.Client.StartAsync(Greetings, new Named("Ada"), options)).Id.ShouldBe(first.Id);
        (await host.Client.StartAsync(Greetings, new Named("Ada"))).Id.ShouldNotBe(first.Id);
        (await Should.ThrowAsync<OrchestratorException>(() => host.Client.StartAsync(Greetings, new Named("Bea"), options))).Code.ShouldBe("idempotency.key_reused");
    }

    [Theory]
    [InlineData("server")]
    [InlineData("embedded")]
    public async Task people_and_messages_are_waited_for_over_a_restart(string kind)
    {
        await using var host = await StartAsync(kind);
        var id = (await host.Client.StartAsync(Asked, new Named("nobody"))).Id;
        await host.StopAsync();
        await host.StartAsync();

        var workflow = host.Client.Workflow<Greeted>(id);
        await workflow.WatchAsync().FirstAsync(happened => happened.Type == "step.started");
        (await workflow.ExplainAsync()).ShouldContain("yes");
        await workflow.DecideAsync("yes", approved: true, reason: "why not", by: "ada");
        await workflow.DecideAsync("yes", approved: true, reason: "why not", by: "ada");
        await workflow.SignalAsync("name", new Named("Cleo"), messageId: "m1");
        await workflow.SignalAsync("name", new Named("Dora"), messageId: "m1");
        (await workflow.ResultAsync()).Text.ShouldBe("Hello Cleo");
    }

    [Theory]
    [InlineData("server")]
    [InlineData("embedded")]
    public async Task a_workflow_that_ends_badly_says_why(string kind)
    {
        await using var host = await StartAsync(kind);
        var failing = PlanDefinition.Of<Named, Greeted>("failing", plan =>
        {
            var step = plan.Step("step", Actions.Refuse, () => plan.Input, new StepOptions { Attempts = 3 });
            return () => step.Output;
        });
        var failed = await Should.ThrowAsync<WorkflowFailedException>(async () => await (await host.Client.StartAsync(failing, new Named("Eve"))).ResultAsync());
        failed.Workflow.Error!.Message.ShouldContain("Nobody knows Eve.");
        failed.Workflow.Steps[0].Attempts.ShouldBe(1);

        var waiting = await host.Client.StartAsync(Asked, new Named("Fay"));
        await waiting.CancelAsync("not today");
        (await Should.ThrowAsync<WorkflowFailedException>(() => waiting.ResultAsync())).Workflow.State.ShouldBe("cancelled");
    }

    [Theory] // S3-06, S3-14
    [InlineData("server")]
    [InlineData("embedded")]
    public async Task a_plan_over_its_time_throws_and_says_that_it_timed_out(string kind)
    {
        await using var host = await StartAsync(kind);
        var slow = PlanDefinition.Of<Named, object?>(
            "slow",
            plan =>
            {
                plan.Sleep("rest", TimeSpan.FromHours(1));
                return () => null;
            },
            timeout: TimeSpan.FromMilliseconds(50));
        var late = await Should.ThrowAsync<WorkflowFailedException>(async () => await (await host.Client.StartAsync(slow, new Named("Gus"))).ResultAsync());
        late.Workflow.State.ShouldBe("timed_out");
        late.Message.ShouldContain("timed out");
    }

    [Theory]
    [InlineData("server")]
    [InlineData("embedded")]
    public async Task what_is_refused_has_its_code_and_its_place(string kind)
    {
        await using var host = await StartAsync(kind);
        var invalid = await Should.ThrowAsync<OrchestratorException>(() => host.Client.StartAsync("""{"id": "p", "steps": [{"id": "a", "action": "greet", "dependencies": ["b"]}]}"""));
        invalid.Code.ShouldBe("plan.invalid");
        invalid.Errors.ShouldHaveSingleItem().ShouldContain("steps/0/dependencies/0");
        (await Should.ThrowAsync<OrchestratorException>(() => host.Client.Workflow<Greeted>("0123456789abcdef0123456789abcdef").GetAsync())).Code.ShouldBe("workflow.not_found");
        (await Should.ThrowAsync<OrchestratorException>(async () => await host.Client.Workflow<Greeted>("0123456789abcdef0123456789abcdef").WatchAsync().ToListAsync())).Code.ShouldBe("workflow.not_found");
        (await Should.ThrowAsync<OrchestratorException>(() => host.Client.StartAsync(Greetings, new Named("Ada"), new StartOptions { Priority = 9 }))).Message.ShouldContain("riority");
    }

    private static async Task<ClientHost> StartAsync(string kind)
    {
        var host = ClientHost.Of(kind);
        await host.StartAsync();
        return host;
    }

    private sealed record Both(Greeted First, string Second);
}
