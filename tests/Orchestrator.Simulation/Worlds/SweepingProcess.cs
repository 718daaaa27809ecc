using Microsoft.Extensions.Hosting;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Worlds;

/// <summary>The real sweeper in one silo, as its host runs it.</summary>
internal sealed class SweepingProcess(IWorkflowIndex index, IGrainFactory grains, SiloStart start, SimulatedChance chance)
    : IHostedService, IWorkflowWaker, ISweepObserver
{
    private readonly CancellationTokenSource stopping = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var policy = SweepPolicy.Default with { DueEvery = TimeSpan.FromSeconds(2), Concurrency = 4 };
        _ = new Sweeper(index, this, this, policy, start.Clock, new Seeded(chance)).RunAsync(stopping.Token);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        // Not CancelAsync, which runs what was registered on the thread pool.
        stopping.Cancel();
        return Task.CompletedTask;
    }

    public ValueTask WakeAsync(WorkflowId workflow, CancellationToken cancellationToken) => new(grains.Workflow(workflow).WakeAsync(cancellationToken));

    public void Swept(SweepKind kind, int woken)
    {
    }

    public void SweepFailed(SweepKind kind, Exception cause)
    {
    }

    public void WakeFailed(WorkflowId workflow, Exception cause)
    {
    }

    /// <summary>Chance of the world in the shape that the sweeper takes.</summary>
    private sealed class Seeded(SimulatedChance chance) : Random(0)
    {
        public override double NextDouble() => (chance.Next() >> 11) / (double)(1UL << 53);
    }
}
