using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Simulation.Checks;
using Orchestrator.Simulation.People;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Worlds;

/// <summary>A whole life: people at work amid trouble, then calm in which everything has to finish.</summary>
internal sealed partial class SimulatedWorld
{
    private readonly List<Task> disasters = [];
    private int signals;

    /// <summary>Lives the whole life and says what it was like. Throws <see cref="InvariantBrokenException"/> for what must never happen, and for what never happens.</summary>
    public LifeReport Live(int people)
    {
        var began = Clock.GetUtcNow();
        BeginDisasters();
        var errands = Enumerable.Range(0, people).Select(number => new Person(this, Chance("person"), number)).ToImmutableArray();
        var errandsRun = errands.Select(person => cluster.Start(person.RunAsync)).ToImmutableArray();
        Advance(options.TroubleFor);
        Calm();
        Demand("all people have been answered", () => errandsRun.All(task => task.IsCompleted));
        foreach (var errand in errandsRun)
        {
            errand.GetAwaiter().GetResult();
        }

        Demand("every workflow that waits for no person has finished", () => Checker.Unfinished.All(workflow => workflow.WaitsForPerson));
        var deciding = cluster.Start(DecideEverythingAsync);
        Demand("every workflow has finished once people have decided", () => deciding.IsCompleted && !Checker.Unfinished.Any());
        Audit();
        return new LifeReport(
            Seed, Checker.Acknowledged, noted.Values.Sum(), Journal.AppendsKept, Agents.Calls, Trace.Steps, Trace.Hash, Clock.GetUtcNow() - began, noted.ToImmutableDictionary());
    }

    /// <summary>Reads everything once more from the beginning, from the store and from the grains.</summary>
    public void Audit() => cluster.Run(async () =>
    {
        foreach (var workflow in Checker.Workflows.ToList())
        {
            Checker.Audit(workflow, Journal.History(workflow.Id), await ViewAsync(workflow.Id));
        }

        Checker.ThrowIfBroken();
    });

    // A silo that died a moment ago may still be believed to live. Who asks again is answered by another.
    private async Task<WorkflowView?> ViewAsync(WorkflowId id)
    {
        while (true)
        {
            try
            {
                return await Client.Workflow(id).GetAsync();
            }
            catch (Exception)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), Clock);
            }
        }
    }

    private void Demand(string what, Func<bool> holds)
    {
        try
        {
            RunUntil(holds, options.CalmMax);
        }
        catch (SimulationException late) when (late is not SimulationEscapedException)
        {
            var left = string.Join("; ", Checker.Unfinished.Select(workflow => workflow.Describe()));
            throw new InvariantBrokenException("I16", $"It should have come true within {options.CalmMax} of calm that {what}. Unfinished: {left}. {late.Message}");
        }
    }

    private void BeginDisasters()
    {
        if (IsTroubledBy(Trouble.Cuts))
        {
            Again(TimeSpan.FromSeconds(30), async chance =>
            {
                Note(Trouble.Cuts);
                Cut(Silos[chance.Below(Silos.Count)]);
                await Task.Delay(chance.UpTo(TimeSpan.FromSeconds(40)), Clock);
                if (!calm)
                {
                    Heal();
                }
            });
        }

        if (IsTroubledBy(Trouble.StoreAway))
        {
            Again(TimeSpan.FromSeconds(60), async chance =>
            {
                storeAwayUntil = Clock.GetUtcNow() + chance.UpTo(TimeSpan.FromSeconds(8));
                await Task.Delay(TimeSpan.FromSeconds(8), Clock);
            });
        }

        if (IsTroubledBy(Trouble.Crashes))
        {
            Again(TimeSpan.FromSeconds(60), chance =>
            {
                Note(Trouble.Crashes);
                Crash(Silos[chance.Below(Silos.Count)]);
                return Task.CompletedTask;
            });
        }
    }

    private void Again(TimeSpan pauseMax, Func<SimulatedChance, Task> strike)
    {
        var own = Chance("disaster");
        disasters.Add(cluster.Start(async () =>
        {
            while (true)
            {
                await Task.Delay(own.UpTo(pauseMax), Clock);
                if (calm)
                {
                    return;
                }

                await strike(own);
            }
        }));
    }

    // Every person who was waited for now does what is asked, until nothing is left.
    private async Task DecideEverythingAsync()
    {
        while (Checker.Unfinished.ToList() is { Count: > 0 } unfinished)
        {
            foreach (var workflow in unfinished)
            {
                try
                {
                    await DecideAsync(workflow);
                }
                catch (Exception)
                {
                    // Whoever was away is asked again in the next round; rounds that do not end break I16.
                }
            }

            await Task.Delay(TimeSpan.FromSeconds(5), Clock);
        }
    }

    private async Task DecideAsync(WorkflowChecker workflow)
    {
        var grain = Client.Workflow(workflow.Id);
        if (workflow.State.Paused)
        {
            await grain.ResumeAsync(new CommandContext("everybody"));
        }

        foreach (var (path, wait) in workflow.State.Waits)
        {
            if (wait.Kind == WaitKind.Approval)
            {
                foreach (var person in RandomPlans.People)
                {
                    await grain.DecideApprovalAsync(new DecideApproval(new StepPath(path), Approved: true, person));
                }
            }
            else if (wait.Kind == WaitKind.Signal)
            {
                await grain.SignalAsync(new SendSignal(string.Create(CultureInfo.InvariantCulture, $"last-{signals++}"), wait.On, Payload.EmptyObject));
            }
        }
    }
}

/// <summary>What a life was like.</summary>
/// <param name="Acknowledged">Commands of people that were answered with a yes.</param>
/// <param name="Faults">Things done to the world, lost and late messages not counted.</param>
internal sealed record LifeReport(
    ulong Seed, int Acknowledged, int Faults, long Appends, long Calls, long Steps, ulong Hash, TimeSpan Lived, ImmutableDictionary<Trouble, int> FaultsByKind);
