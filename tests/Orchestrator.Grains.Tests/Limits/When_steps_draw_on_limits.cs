using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Declarations;
using Orchestrator.Grains.Limits;
using Orchestrator.Grains.Tests.Agents;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Limits;

public sealed class When_steps_draw_on_limits
{
    private static readonly Limit OnePlace = new("llm", Concurrency: 1, OnLimit: OnLimit.Queue);

    [Fact]
    public void one_waits_for_the_other_and_says_for_which_key_and_at_which_place()
    {
        using var world = World([OnePlace]);
        world.Answer = _ => null;
        Start(world, "first", "llm", "ana");
        world.Pass(1);
        var second = Start(world, "second", "llm", "ben");
        world.Pass(1);
        world.Calls.Select(call => call.WorkflowId).ShouldBe(["first"]);
        var wait = world.See(second).Steps.Single().Wait!;
        (wait.Kind, wait.On, wait.Position).ShouldBe((WaitKind.Limit, "llm/ben", 1));
        world.Do(() => world.Grains.Workflow(second).ExplainAsync())!.Sentence.ShouldBe("Step 's' stands at place 1 in the queue of limit 'llm' with the key 'ben'.");

        world.Answer = request => AgentAnswer.Ok(request.Input);
        world.Do(() => world.Grains.Workflow(new WorkflowId("first")).CancelAsync(new CommandContext("ana")));
        world.Finish(second).Status.ShouldBe(WorkflowStatus.Completed);
        world.Pass(1);
        var view = See(world, "llm")!;
        (view.Held, view.Waiting, view.KeysInUse).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void the_limits_of_an_agent_hold_for_every_call_of_it()
    {
        using var world = World([OnePlace with { Scope = LimitScope.Agent }], AgentWorld.Agent("writer") with { Limits = ["llm"] }, AgentWorld.Agent("reader") with { Limits = ["llm"] });
        world.Answer = _ => null;
        world.Start("w1", "writer");
        world.Pass(1);
        world.Start("w2", "writer");
        world.Start("r1", "reader");
        world.Pass(2);
        world.Calls.Select(call => call.WorkflowId).ShouldBe(["w1", "r1"], ignoreOrder: true);
    }

    [Fact]
    public void a_refusal_is_a_failure_that_the_steps_policy_tries_again_when_there_is_room()
    {
        using var world = World([new("llm", Requests: new LimitRate(1, TimeSpan.FromSeconds(4), 1), OnLimit: OnLimit.Reject)]);
        Start(world, "first", "llm");
        var once = world.Finish(Start(world, "once", "llm"));
        once.Steps.Single().Failure!.Code.ShouldBe(LimitFailures.Exceeded);
        var patient = Start(world, "patient", "llm", retry: new RetryPolicy(2, Backoff.Fixed, TimeSpan.FromSeconds(1)));
        world.Finish(patient).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Count(call => call.WorkflowId == "patient").ShouldBe(1, "its first attempt never was a call");
    }

    [Fact]
    public void a_limit_that_degrades_sends_the_call_to_another_agent()
    {
        using var world = World([new("llm", Concurrency: 1, OnLimit: OnLimit.Degrade, FallbackAgent: "cheap")], AgentWorld.Agent("writer") with { Limits = ["llm"] }, AgentWorld.Agent("cheap") with { Limits = ["llm"] });
        world.Answer = request => request.Agent == "cheap" ? AgentAnswer.Ok(request.Input) : null;
        world.Start("first", "writer");
        world.Pass(1);
        world.Finish(world.Start("second", "writer")).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Select(call => call.Agent).ShouldBe(["writer", "cheap"]);
    }

    [Fact]
    public void a_limit_that_degrades_to_a_model_needs_an_agent_that_asks_one()
    {
        using var world = World([new("llm", Requests: new LimitRate(1, TimeSpan.FromHours(1), 1), OnLimit: OnLimit.Degrade, FallbackModel: "small")], AgentWorld.Agent("writer") with { Limits = ["llm"] });
        world.Finish(world.Start("first", "writer")).Status.ShouldBe(WorkflowStatus.Completed);
        world.Finish(world.Start("second", "writer")).Steps.Single().Failure!.Code.ShouldBe(LimitFailures.NoFallback);
        world.See("writer")!.CallsOut.ShouldBe(0);
    }

    [Fact]
    public void a_limit_nobody_declared_lets_nothing_through()
    {
        using var world = World([]);
        world.Finish(Start(world, "first", "typo")).Steps.Single().Failure!.Code.ShouldBe(LimitFailures.NotFound);
        world.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void what_a_model_used_settles_what_was_reserved()
    {
        using var world = World([new("llm", Tokens: new LimitRate(1_000, TimeSpan.FromHours(1), 1_000), OnLimit: OnLimit.Queue)]);
        world.Answer = request => new AgentAnswer.Completed(request.Input) { Usage = new CallUsage(1, 100, 50) };
        world.Finish(Start(world, "first", "llm", tokens: 800)).Status.ShouldBe(WorkflowStatus.Completed);
        world.Pass(1);
        See(world, "llm")!.Pools.Single().TokensLeft.ShouldBe(850);
    }

    [Fact]
    public void several_limits_are_held_together_and_all_of_them_given_back()
    {
        using var world = World([OnePlace with { Name = "b" }, OnePlace with { Name = "a" }], AgentWorld.Agent("writer") with { Limits = ["a"] });
        var plan = new Plan("p", [new Step("s", "writer", "do", Limits: [new StepLimit("b", "${{ input.tenant }}")])]);
        var ids = Enumerable.Range(0, 20).Select(number => new WorkflowId("w" + number)).ToList();
        ids.ForEach(id => world.Do(() => world.Grains.Workflow(id).StartAsync(
            new StartWorkflow(plan, Payload.FromTrustedUtf8("""{"tenant":"acme"}"""u8.ToArray()), 3, ImmutableSortedDictionary<string, string>.Empty, id.Value))));
        ids.ForEach(id => world.Finish(id).Status.ShouldBe(WorkflowStatus.Completed));
        world.Pass(1);
        (See(world, "a")!.Held, See(world, "b")!.Held, world.Calls.Count).ShouldBe((0, 0, 20));
    }

    [Fact]
    public void a_change_is_felt_at_once_and_the_same_again_changes_nothing()
    {
        using var world = World([OnePlace]);
        world.Answer = _ => null;
        Start(world, "first", "llm");
        Start(world, "second", "llm");
        world.Pass(1);
        var declared = See(world, "llm")!;
        declared.Declared.ShouldBeTrue();
        Put(world, OnePlace with { Concurrency = 2 }, "another").Refusal!.Code.ShouldBe("limit.version");
        var put = Put(world, OnePlace with { Concurrency = 2 }, declared.Version);
        put.Refusal.ShouldBeNull();
        Put(world, OnePlace with { Concurrency = 2 }, declared.Version).ShouldBe(put, "the answer may have been lost, not the request");
        world.Pass(1);
        world.Calls.Count.ShouldBe(2);
        world.Do(() => world.Grains.LimitDirectory().ListAsync()).ShouldBe(["llm"]);

        world.Do(() => world.Grains.Limit("llm").RemoveAsync(put.Version)).Version.ShouldBe(declared.Version, "the declared one holds again");
        world.Do(() => world.Grains.Limit("llm").RemoveAsync()).Refusal!.Code.ShouldBe("limit.declared");
    }

    [Fact]
    public void a_crash_gives_places_back_and_makes_rates_no_larger()
    {
        using var world = World([new("llm", Requests: new LimitRate(5, TimeSpan.FromSeconds(30), 5), Concurrency: 1, OnLimit: OnLimit.Queue)]);
        world.Answer = _ => null;
        var first = Start(world, "first", "llm");
        world.Pass(1);
        world.CrashAndRestart();
        world.Answer = request => AgentAnswer.Ok(request.Input);
        var before = world.Clock.GetUtcNow();
        world.Do(() => world.Grains.Workflow(first).WakeAsync());
        world.Finish(first).Status.ShouldBe(WorkflowStatus.Completed);
        (world.Clock.GetUtcNow() - before).ShouldBeGreaterThan(TimeSpan.FromSeconds(5), "calls are counted from none, one each six seconds");
    }

    private static AgentWorld World(Limit[] limits, params AgentRegistration[] agents) => new(
        1, services => services.AddSingleton<IDeclared<Limit>>(Declared.Limits(limits)), agents.Length == 0 ? [AgentWorld.Agent("writer")] : agents);

    private static WorkflowId Start(AgentWorld world, string id, string limit, string? key = null, int? tokens = null, RetryPolicy? retry = null)
    {
        var workflow = new WorkflowId(id);
        var plan = new Plan(id, [new Step("s", "writer", "do", Payload.From(id), [], retry, Limits: [new StepLimit(limit, key, tokens)])]);
        world.Do(() => world.Grains.Workflow(workflow).StartAsync(new StartWorkflow(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, id)));
        return workflow;
    }

    private static LimitView? See(AgentWorld world, string limit) => world.Do(() => world.Grains.Limit(limit).GetAsync());

    private static LimitChange Put(AgentWorld world, Limit limit, string version) => world.Do(() => world.Grains.Limit(limit.Name).PutAsync(limit, version));
}
