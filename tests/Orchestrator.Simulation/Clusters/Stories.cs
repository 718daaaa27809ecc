using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Declarations;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Simulation.Checks;
using Orchestrator.Simulation.Worlds;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Clusters;

/// <summary>What may happen to a cluster, and what has to come of it. Told by the tests of what holds, and by those of what would not without its fence.</summary>
internal static class Stories
{
    /// <summary>All silos are replaced one after the other, twice, under load: nobody has crashed, so nothing counts as a crash.</summary>
    public static void RollingRestart(ClusterStory story)
    {
        story.World.Agents.Takes = TimeSpan.FromSeconds(4);
        story.Load(TimeSpan.FromSeconds(4));
        for (var round = 0; round < 2; round++)
        {
            foreach (var silo in story.World.Silos)
            {
                story.Pass(10);
                story.Restart(silo);
            }
        }

        story.Finish();
        Demand(Repeated(story).Any(), "I14", "no call was interrupted, so nothing was shown");
        Demand(Repeated(story).All(repeated => repeated.Crashes == 0), "I17", "a process that left in good order was counted as a crash");
    }

    /// <summary>One silo dies every 30 seconds for ten minutes and is replaced.</summary>
    public static void LossAfterLoss(ClusterStory story)
    {
        story.World.Agents.Takes = TimeSpan.FromSeconds(3);
        story.Load(TimeSpan.FromSeconds(4));
        for (var loss = 0; loss < 20; loss++)
        {
            story.Pass(22);
            story.World.Silos[loss % 3].Crash();
            story.Pass(8);
            story.World.Silos[loss % 3].Restart();
        }

        story.Finish();
        Demand(Repeated(story).Any(repeated => repeated.Crashes > 0), "I14", "no call was interrupted, so nothing was shown");
    }

    /// <summary>Agents have all they can take, for long, and more waits, while one silo after the other dies: each agent's grain among them.</summary>
    public static void BusyAgentsLost(ClusterStory story) => BusyAgentsLost(story, TimeSpan.FromSeconds(25));

    /// <summary>The same with calls so long that they outlast the settling of an agent that was lost at their beginning.</summary>
    public static void BusyAgentsLostInLongCalls(ClusterStory story) => BusyAgentsLost(story, TimeSpan.FromSeconds(45));

    private static void BusyAgentsLost(ClusterStory story, TimeSpan takes)
    {
        story.World.Agents.Takes = takes;
        for (var number = 0; number < 12; number++)
        {
            var agent = number % 3 == 0 ? "gamma" : "alpha";
            story.Start($"busy{number}", new Plan("busy", [new Step("s", agent, "do", Timeout: TimeSpan.FromHours(1))]));
        }

        foreach (var silo in story.World.Silos)
        {
            story.Pass(10);
            silo.Crash();
            story.Pass(20);
            silo.Restart();
        }

        story.World.RunUntil(() => story.World.Checker.Workflows.Count() == 12 && !story.World.Checker.Unfinished.Any(), TimeSpan.FromMinutes(20));
        story.World.Audit();
    }

    /// <summary>
    /// Calls of two keys draw on one limit while one silo after the other dies, the limit's own among them: never more calls at a time than it has places, never more
    /// in any time than its rate brings, and all of them made in the end.
    /// </summary>
    /// <param name="rate">The limit's rate; null where it has none, and places alone are what calls wait for.</param>
    public static void BusyLimitLost(ClusterStory story, LimitRate? rate)
    {
        var (most, times) = (0, new List<DateTimeOffset>());
        story.World.Agents.Takes = TimeSpan.FromSeconds(rate is null ? 25 : 8);
        story.World.Agents.OnCalled = call =>
        {
            most = Math.Max(most, story.World.Agents.Out.Count);
            times.Add(call.At);
        };
        for (var number = 0; number < 24; number++)
        {
            story.Start($"limited{number}", new Plan("limited", [new Step("s", number % 2 == 0 ? "gamma" : "alpha", "do", Timeout: TimeSpan.FromHours(1), Limits: [new StepLimit("shared", number < 20 ? "hot" : "quiet")])]));
        }

        foreach (var silo in story.World.Silos)
        {
            story.Pass(rate is null ? 10 : 15);
            silo.Crash();
            story.Pass(20);
            silo.Restart();
        }

        story.World.RunUntil(() => story.World.Checker.Workflows.Count() == 24 && !story.World.Checker.Unfinished.Any(), TimeSpan.FromMinutes(20));
        story.World.Audit();
        Demand(most == SharedPlaces, "limits hold", $"{SharedPlaces} places were to be used and never more, and {most} were");
        for (var first = 0; first < times.Count && rate is not null; first++)
        {
            for (var last = first; last < times.Count; last++)
            {
                // From the limit to the agent takes a moment, which may differ from call to call.
                var room = rate.Burst + (rate.Amount * ((times[last] - times[first] + TimeSpan.FromSeconds(2)) / rate.Per));
                Demand(last - first + 1 <= room + 1, "limits hold", $"{last - first + 1} calls came within {times[last] - times[first]}, where the limit has {room:0.0}");
            }
        }
    }

    public const int SharedPlaces = 3;

    public static LimitRate SharedRate { get; } = new(12, TimeSpan.FromMinutes(1), 4);

    /// <summary>A cluster with the limit that <see cref="BusyLimitLost"/> is about.</summary>
    public static WorldOptions WithSharedLimit(LimitRate? rate) => new()
    {
        Services = (_, services) => services.AddSingleton<IDeclared<Limit>>(Declared.Limits([new Limit("shared", Requests: rate, Concurrency: SharedPlaces, OnLimit: OnLimit.Queue)])),
    };

    /// <summary>A silo is cut off from the others for a while, with the store in reach of both sides: workflows have two activations, and the version decides.</summary>
    public static void CutAndHealed(ClusterStory story)
    {
        story.World.Agents.Takes = TimeSpan.FromSeconds(3);
        story.Load(TimeSpan.FromSeconds(4));
        for (var cut = 0; cut < 4; cut++)
        {
            story.Pass(20);
            story.World.Cut(story.World.Silos[cut % 3]);
            story.Pass(40);
            story.World.Heal();
        }

        story.Finish();
    }

    /// <summary>A workflow goes on beyond a cut. Who asks on this side of it has to see that.</summary>
    public static void ReadBehindACut(ClusterStory story)
    {
        var id = new WorkflowId("asks");
        story.World.Agents.Takes = TimeSpan.FromMinutes(5);
        story.Start(id.Value, new Plan("asks", [new Step("long", "alpha", "do", Timeout: TimeSpan.FromHours(1)), new Step("ask", Approval: new ApprovalRequest("May it?"))]));
        story.World.RunUntil(() => story.World.Agents.Out.Count > 0, TimeSpan.FromMinutes(1));
        var silo = story.World.Silos.Single(one => one.Name == story.World.Checker.Workflows.Single().LastWriter);
        story.World.Cut(silo);
        story.Pass(15);
        story.Wait(story.World.Start(() => story.World.Client.Workflow(id).DecideApprovalAsync(new DecideApproval(new("ask"), Approved: true, "ana"))));
        story.Pass(2);
        WorkflowView? view = null;
        story.Wait(silo.Start(async () => view = await silo.Client.Workflow(id).GetAsync()));
        Demand(view!.Steps.Single(step => step.Path == new StepPath("ask")).Status == StepStatus.Completed, "I5", "a decision that was kept two seconds ago is not seen behind the cut");
        story.World.Calm();
        story.World.RunUntil(() => !story.World.Checker.Unfinished.Any(), TimeSpan.FromMinutes(12));
        story.World.Audit();
    }

    /// <summary>The store is away for a while.</summary>
    public static void StoreAway(ClusterStory story)
    {
        story.Load(TimeSpan.FromSeconds(1));
        story.Pass(20);
        story.World.TakeStoreAway(TimeSpan.FromSeconds(45));
        story.Pass(46);
        story.Finish();
    }

    /// <summary>The silo of a step dies in the middle of a long call; its workflow's lives.</summary>
    public static void StepLost(ClusterStory story)
    {
        var (id, _, ofStep) = story.StartApart(takes: TimeSpan.FromMinutes(10), timeout: TimeSpan.FromHours(1));
        story.Pass(180);
        ofStep.Crash();
        CalledAgain(story, id);
    }

    /// <summary>The silo of a workflow dies; its step's lives, and its call counts.</summary>
    public static void WorkflowLost(ClusterStory story)
    {
        var (id, ofWorkflow, _) = story.StartApart(takes: TimeSpan.FromMinutes(3), timeout: TimeSpan.FromHours(1));
        story.Pass(30);
        ofWorkflow.Crash();
        story.Pass(120);
        story.World.Calm();
        story.World.RunUntil(() => !story.World.Checker.Unfinished.Any(), TimeSpan.FromMinutes(3));
        Demand(story.World.Journal.History(id).Count(entry => entry.Event is StepCompleted) == 1, "I3", "the step has no outcome or two");
        story.World.Audit();
    }

    /// <summary>The directory has ended a workflow's activation, its process lives, and then the silo of its step dies: nobody in memory knows of the call.</summary>
    public static void NobodyKnows(ClusterStory story)
    {
        var (id, ofWorkflow, ofStep) = story.StartApart(takes: TimeSpan.FromMinutes(10), timeout: TimeSpan.FromHours(1));
        story.Pass(5);
        story.Wait(ofWorkflow.Start(() => ofWorkflow.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero)));
        ofStep.Crash();
        CalledAgain(story, id);
    }

    /// <summary>A person cancels a workflow, and the word of it never reaches its step. The agent is to see it all the same.</summary>
    public static void CancelLost(ClusterStory story)
    {
        var (id, _, _) = story.StartApart(takes: TimeSpan.FromMinutes(50), timeout: TimeSpan.FromHours(1));
        story.Pass(5);
        story.Wait(story.World.Start(() => story.World.Client.Workflow(id).CancelAsync(new CommandContext("ana"))));
        story.Pass(60);
        Demand(story.World.Agents.Out.Count == 0, "I18", "a call that nobody waits for was not given up within a minute");
    }

    /// <summary>A call brings down every silo that makes it. It is put aside before it has brought down more than six.</summary>
    public static void Poison(ClusterStory story)
    {
        var crashes = 0;
        story.World.Agents.OnCalled = call =>
        {
            crashes++;
            story.World.Crash(story.World.Silos.Single(silo => silo.Name == call.Silo));
        };
        story.Start("poison", new Plan("poison", [new Step("s", "alpha", "do")]));
        try
        {
            story.World.RunUntil(() => story.World.Checker.Workflows.Any() && !story.World.Checker.Unfinished.Any(), TimeSpan.FromMinutes(20));
        }
        catch (SimulationException)
        {
            throw new InvariantBrokenException("I19", $"A call that brings silos down has done so {crashes} times and is not put aside.");
        }

        Demand(story.World.Checker.Workflows.Single().State.Failure?.Code == FailureCodes.Quarantined, "I19", "it ended otherwise than in quarantine");
        Demand(crashes <= SimulatedWorld.Policy.CrashesMax + 1, "I19", $"it brought down {crashes} silos");
    }

    /// <summary>Agents answer every call 202 and complete it half a minute later; one silo dies every 15 seconds in the meantime, also between a 202 and its record.</summary>
    public static void AnsweredLater(ClusterStory story)
    {
        story.World.Agents.AnswerLater = TimeSpan.FromSeconds(30);
        for (var loss = 0; loss < 10; loss++)
        {
            // Longer than a heartbeat that was on its way to a silo that died takes to fail and be said again.
            for (var number = 0; number < 4; number++)
            {
                story.Start($"later{loss}-{number}", new Plan("later",
                [
                    new Step("a", "gamma", "do", Timeout: TimeSpan.FromSeconds(90)),
                    new Step("b", "alpha", "do", Timeout: TimeSpan.FromSeconds(90), Dependencies: ["a"]),
                ]));
                story.Pass(2);
            }

            story.Pass(2);
            story.World.Silos[loss % 3].Crash();
            story.Pass(5);
            story.World.Silos[loss % 3].Restart();
        }

        story.Finish(within: TimeSpan.FromMinutes(10));
        var happened = story.World.Checker.Workflows.SelectMany(workflow => story.World.Journal.History(workflow.Id)).Select(entry => entry.Event).ToList();
        Demand(happened.OfType<AttemptDeferred>().Count() >= 30 && happened.OfType<HeartbeatReceived>().Count() >= 30, "I14", "agents took too little on for anything to be shown");
        Demand(happened.OfType<StepRepeated>().Any(), "I14", "no call was interrupted before its 202 was written down, so nothing was shown");
        Demand(!happened.OfType<AttemptFailed>().Any(), "I16", "an agent that was at it, and said so, was not waited for: " + happened.OfType<AttemptFailed>().FirstOrDefault()?.Failure);
        Demand(happened.OfType<StepCompleted>().Count(completed => completed.Completion is not null) >= 30, "I14", "too little was completed later");
    }

    private static void CalledAgain(ClusterStory story, WorkflowId id)
    {
        var before = story.World.Agents.Calls;
        story.Pass(60);
        Demand(story.World.Agents.Calls > before && story.World.Agents.Out.Any(call => call.Workflow == id.Value), "I16",
            "a call that was lost with its silo was not made again within a minute");
        story.World.Calm();
        story.World.RunUntil(() => !story.World.Checker.Unfinished.Any(), TimeSpan.FromMinutes(11));
        story.World.Audit();
    }

    private static IEnumerable<StepRepeated> Repeated(ClusterStory story) =>
        story.World.Checker.Workflows.SelectMany(workflow => story.World.Journal.History(workflow.Id)).Select(entry => entry.Event).OfType<StepRepeated>();

    private static void Demand(bool holds, string invariant, string found)
    {
        if (!holds)
        {
            throw new InvariantBrokenException(invariant, char.ToUpperInvariant(found[0]) + found[1..] + ".");
        }
    }
}
