using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Grains;
using Orchestrator.Grains.Steps;
using Orchestrator.Grains.Workflows;
using Orchestrator.Simulation.Checks;
using Orchestrator.Simulation.Worlds;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Clusters;

/// <summary>Three silos on one store, to which things happen one after the other, as a test tells them.</summary>
internal sealed class ClusterStory : IDisposable
{
    /// <summary>Once nothing goes wrong any more, everything has to finish within this time.</summary>
    public static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(60);

    private readonly List<Task> starts = [];
    private bool loaded;

    private ClusterStory(ulong seed, WorldOptions? options)
    {
        World = SimulatedWorld.From(seed, (options ?? new WorldOptions()) with { Trouble = Trouble.None, Silos = 3 });

        // Silos come and go here, and the word that something is over may go with them.
        World.Checker.WhatIsOverIsToldAtOnce = false;
    }

    public SimulatedWorld World { get; }

    public static ClusterStory Of(ulong seed, WorldOptions? options = null) => new(seed, options);

    public void Dispose() => World.Dispose();

    /// <summary>Starts a workflow so often, until <see cref="Finish"/>.</summary>
    public void Load(TimeSpan every)
    {
        loaded = true;
        World.Start(async () =>
        {
            for (var number = 0; loaded; number++)
            {
                Start(string.Create(CultureInfo.InvariantCulture, $"w{number}"), new Plan("load",
                [
                    new Step("a", "gamma", "do", Retry: new RetryPolicy(3, Backoff.Fixed, TimeSpan.FromSeconds(1))),
                    new Step("b", "gamma", "do", Dependencies: ["a"]),
                    new Step("rest", Sleep: TimeSpan.FromSeconds(12), Dependencies: ["a"]),
                    new Step("c", "alpha", "do", Dependencies: ["b", "rest"]),
                ]));
                await Task.Delay(every, World.Clock);
            }
        });
    }

    /// <summary>A person starts a workflow and asks until somebody answers.</summary>
    public void Start(string id, Plan plan)
    {
        var request = new StartWorkflow(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty.Add("key", id), "f", id);
        World.Checker.Requested(id, request);
        starts.Add(World.Start(() => UntilAnsweredAsync(async () =>
        {
            var reply = await World.Client.Workflow(new(id)).StartAsync(request);
            if (reply.Refusal is null)
            {
                World.Checker.StartAcknowledged(id, reply.Id);
            }

            return reply.Refusal is null;
        })));
    }

    /// <summary>Starts a workflow of one step whose workflow grain and step grain live on different silos, and says on which.</summary>
    public (WorkflowId Id, SimulatedSilo OfWorkflow, SimulatedSilo OfStep) StartApart(TimeSpan takes, TimeSpan timeout)
    {
        World.Agents.Takes = takes;
        var stepSilo = World.Silos[2];
        for (var number = 0; ; number++)
        {
            // A step lives beside whoever speaks to it first.
            var id = new WorkflowId(string.Create(CultureInfo.InvariantCulture, $"apart{number}"));
            Wait(stepSilo.Start(() => stepSilo.Client.Step(id, new("s")).SlotRefusedAsync("none", new StepFailure("none", "None.", Retryable: false))));
            Start(id.Value, new Plan("apart", [new Step("s", "alpha", "do", Timeout: timeout)]));
            World.RunUntil(() => World.Agents.Out.Any(call => call.Workflow == id.Value), TimeSpan.FromMinutes(1));
            var writer = World.Checker.Workflows.Single(workflow => workflow.Id == id).LastWriter;
            if (writer != stepSilo.Name && World.Agents.Out.Last(call => call.Workflow == id.Value).Silo == stepSilo.Name)
            {
                return (id, World.Silos.Single(silo => silo.Name == writer), stepSilo);
            }

            var cancelled = World.Start(() => World.Client.Workflow(id).CancelAsync(new CommandContext("ana")));
            Wait(cancelled);
            World.RunUntil(() => !World.Agents.Out.Any(call => call.Workflow == id.Value), TimeSpan.FromMinutes(3));
        }
    }

    public void Pass(double seconds) => World.Advance(TimeSpan.FromSeconds(seconds));

    public void Wait(Task task)
    {
        World.RunUntil(() => task.IsCompleted, TimeSpan.FromMinutes(10));
        task.GetAwaiter().GetResult();
    }

    /// <summary>A silo leaves in good order and comes back.</summary>
    public void Restart(SimulatedSilo silo)
    {
        Wait(silo.StopAsync());
        Pass(5);
        silo.Restart();
        World.RunUntil(() => silo.IsReady, TimeSpan.FromMinutes(1));
    }

    /// <summary>Everything heals; all that was begun finishes soon, and reads back as it was.</summary>
    /// <param name="within">How long that may take; <see cref="FinishWithin"/> when null.</param>
    public void Finish(TimeSpan? within = null)
    {
        loaded = false;
        World.Calm();
        World.Agents.OnCalled = _ => { };
        try
        {
            World.RunUntil(() => starts.TrueForAll(start => start.IsCompleted) && !World.Checker.Unfinished.Any(), within ?? FinishWithin);
        }
        catch (SimulationException late) when (late is not SimulationEscapedException)
        {
            var left = string.Join("; ", World.Checker.Unfinished.Select(workflow => workflow.Describe()));
            throw new InvariantBrokenException("I16", $"Not everything had finished {within ?? FinishWithin} after everything had healed. {left}. {late.Message}");
        }

        World.Audit();
    }

    private async Task UntilAnsweredAsync(Func<Task<bool>> ask)
    {
        while (true)
        {
            try
            {
                if (await ask())
                {
                    return;
                }
            }
            catch (Exception)
            {
                // Whoever was away is asked again.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), World.Clock);
        }
    }
}
