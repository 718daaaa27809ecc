using System.Diagnostics;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Workflows;
using Orchestrator.Testing.Journals;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Grains.Tests.Agents.AgentWorld;

namespace Orchestrator.Grains.Tests.Agents;

public sealed class When_a_step_calls_its_agent
{
    [Fact]
    public void the_answer_completes_the_step_and_the_room_is_given_back()
    {
        using var world = new AgentWorld(declared: Agent("echo"));
        var workflow = world.Start("w", "echo");
        var view = world.Finish(workflow);
        view.Status.ShouldBe(WorkflowStatus.Completed);
        view.Output.ShouldBe(Payload.From("w"));
        world.Pass(1);
        var agent = world.See("echo")!;
        (agent.Calls, agent.CallsOut, agent.Failures).ShouldBe((1L, 0, 0L));
        world.History(workflow).ShouldNotContain(happened => happened is StepWaiting, "what did not wait is not written down");
    }

    [Fact]
    public void the_call_carries_key_attempt_and_deadline()
    {
        using var world = new AgentWorld(declared: Agent("echo"));
        world.Finish(world.Start("w", "echo", TimeSpan.FromSeconds(30)));
        var call = world.Calls.ShouldHaveSingleItem();
        (call.Agent, call.Action, call.WorkflowId, call.StepId, call.Attempt).ShouldBe(("echo", "do", "w", "s", 1));
        call.IdempotencyKey.ShouldNotBeEmpty();
        call.Deadline!.Value.ShouldBe(world.Clock.GetUtcNow().AddSeconds(30), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void the_trace_of_the_workflow_goes_on_in_a_span_of_the_call()
    {
        const string Started = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Orchestrator.Agents",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var world = new AgentWorld(declared: Agent("traced"));
        world.Finish(world.Start("w", "traced", traceParent: Started));

        // Other tests run beside this one and are heard too.
        Activity span;
        lock (spans)
        {
            span = spans.Single(span => span.DisplayName == "invoke_agent traced");
        }

        (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()).ShouldBe(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"));
        (span.GetTagItem("gen_ai.operation.name"), span.GetTagItem("gen_ai.agent.name")).ShouldBe(("invoke_agent", "traced"));
        world.Calls.Single().TraceParent.ShouldBe(span.Id);
    }

    [Fact]
    public void without_a_listener_the_trace_is_passed_on_as_it_came()
    {
        using var world = new AgentWorld(declared: Agent("echo"));
        const string Unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        world.Finish(world.Start("w", "echo", traceParent: Unsampled));
        world.Calls.Single().TraceParent!.ShouldStartWith("00-0af7651916cd43dd8448eb211c80319c-");
    }

    [Fact]
    public void without_a_name_the_agent_is_found_by_what_it_can_do()
    {
        using var world = new AgentWorld(1, Agent("all", capabilities: ["sum", "mul"]), Agent("adder", capabilities: ["sum"]));
        world.Finish(world.Start("w", null, action: "sum")).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Single().Agent.ShouldBe("adder");
    }

    [Fact]
    public void a_keyed_name_goes_to_the_agent_of_that_type_under_its_full_name()
    {
        using var world = new AgentWorld(declared: Agent("tutor"));
        world.Finish(world.Start("w", "tutor-42")).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Single().Agent.ShouldBe("tutor-42");
        world.See("tutor")!.Calls.ShouldBe(1);
    }

    [Theory, InlineData("nobody", "No agent is called 'nobody'."), InlineData("no-body", "No agent is called 'no-body'."), InlineData(null, "No agent can 'do'.")]
    public void an_agent_nobody_declared_ends_the_step_at_once(string? agentId, string message)
    {
        using var world = new AgentWorld();
        var view = world.Finish(world.Start("w", agentId, retry: new(MaxAttempts: 5)));
        view.Status.ShouldBe(WorkflowStatus.Failed);
        view.Steps[0].Failure.ShouldBe(new StepFailure(AgentFailures.NotFound, message, Retryable: false));
        view.Steps[0].Attempts.ShouldBe(1);
    }

    [Fact]
    public void a_kind_nobody_here_can_call_ends_the_step_and_gives_the_room_back()
    {
        using var world = new AgentWorld(declared: Agent("web", kind: AgentKind.Http));
        world.Finish(world.Start("w", "web")).Steps[0].Failure!.Code.ShouldBe(AgentFailures.KindUnsupported);
        world.See("web")!.CallsOut.ShouldBe(0);
    }

    [Fact]
    public void an_agent_that_throws_has_failed_and_shows_no_stack()
    {
        using var world = new AgentWorld(declared: Agent("bad"));
        world.Answer = _ => throw new InvalidOperationException("no such unit");
        world.Finish(world.Start("w", "bad")).Steps[0].Failure.ShouldBe(
            new StepFailure(AgentFailures.Error, "Agent 'bad' failed with InvalidOperationException: no such unit", Retryable: true));
        world.See("bad")!.Failures.ShouldBe(1);
    }

    [Fact]
    public void an_answer_that_does_not_come_in_time_is_a_timeout_counted_from_the_grant()
    {
        using var world = new AgentWorld(declared: Agent("slow"));
        world.Answer = _ => null;
        var workflow = world.Start("w", "slow", TimeSpan.FromSeconds(20));
        world.Pass(19);
        world.See("slow")!.CallsOut.ShouldBe(1, "a lease is renewed while the call is under way");
        world.Finish(workflow).Steps[0].Failure!.Message.ShouldContain("timed out");
        world.Pass(1);
        var agent = world.See("slow")!;
        (agent.CallsOut, agent.Failures).ShouldBe((0, 1L), "whoever of us noticed first, it is the agent that did not answer");
    }

    [Fact]
    public void who_has_no_room_says_so_after_a_moment_and_goes_on_when_there_is_some()
    {
        using var world = new AgentWorld(declared: Agent("one", concurrency: 1));
        world.Answer = request => request.WorkflowId == "first" ? null : AgentAnswer.Ok(Payload.Null);
        world.Start("first", "one", TimeSpan.FromSeconds(5));
        world.Pass(1);
        var second = world.Start("second", "one");
        world.Pass(1);
        var wait = world.See(second).Steps[0].Wait!;
        (wait.Kind, wait.On, wait.Position).ShouldBe((WaitKind.Capacity, "one", 1));
        world.Finish(second).Status.ShouldBe(WorkflowStatus.Completed);
        world.History(second).Select(happened => happened.GetType()).ShouldBe(
            [typeof(WorkflowAccepted), typeof(StepStarted), typeof(StepWaiting), typeof(StepWaitEnded), typeof(StepCompleted), typeof(WorkflowCompleted)]);
    }

    [Fact]
    public void cancelling_the_workflow_gives_the_call_up_and_the_room_back()
    {
        using var world = new AgentWorld(declared: Agent("slow"));
        world.Answer = _ => null;
        var workflow = world.Start("w", "slow");
        world.Pass(1);
        world.Do(() => world.Grains.Workflow(workflow).CancelAsync(new CommandContext("ada")));
        world.Pass(1);
        var agent = world.See("slow")!;
        (agent.CallsOut, agent.Failures).ShouldBe((0, 0L), "our own change of mind says nothing about the agent");
    }

    [Fact]
    public void cancelling_who_waits_takes_it_out_of_the_line()
    {
        using var world = new AgentWorld(declared: Agent("one", concurrency: 1));
        world.Answer = _ => null;
        world.Start("first", "one");
        world.Pass(1);
        var second = world.Start("second", "one");
        world.Pass(1);
        world.See("one")!.Queued.ShouldBe([0, 0, 1, 0, 0]);
        world.Do(() => world.Grains.Workflow(second).CancelAsync(new CommandContext("ada")));
        world.Pass(1);
        world.See("one")!.Queued.ShouldBe([0, 0, 0, 0, 0]);
    }

    [Fact]
    public void an_outcome_is_sent_until_the_store_takes_it()
    {
        using var world = new AgentWorld(declared: Agent("echo"));
        var away = true;
        world.Journal.Faults = new JournalFaults
        {
            BeforeAppend = append => away && append.Entries.Any(entry => entry.Event is StepCompleted)
                ? throw new StorageUnavailableException("away", full: false) : default,
        };
        var workflow = world.Start("w", "echo");
        world.Pass(30);
        world.See(workflow).Status.ShouldBe(WorkflowStatus.Running);
        away = false;
        world.Finish(workflow).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Count.ShouldBe(1, "the agent is not called again for an answer we have");
    }

    [Fact]
    public void a_crash_in_the_middle_repeats_the_call_under_the_same_attempt_and_key()
    {
        using var world = new AgentWorld(declared: Agent("slow", concurrency: 1));
        world.Answer = _ => null;
        var workflow = world.Start("w", "slow");
        world.Pass(1);
        world.Answer = request => AgentAnswer.Ok(request.Input);
        world.CrashAndRestart();
        world.Do(() => world.Grains.Workflow(workflow).WakeAsync());
        world.Finish(workflow).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Select(call => (call.Attempt, call.IdempotencyKey)).Distinct().Count().ShouldBe(1);
        world.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public void a_hundred_steps_go_through_one_place_one_at_a_time()
    {
        using var world = new AgentWorld(7, Agent("one", concurrency: 1));
        var workflows = Enumerable.Range(0, 100).Select(i => world.Start("w" + i, "one")).ToList();
        workflows.ForEach(workflow => world.Finish(workflow).Status.ShouldBe(WorkflowStatus.Completed));
        world.Calls.Count.ShouldBe(100);
    }
}
