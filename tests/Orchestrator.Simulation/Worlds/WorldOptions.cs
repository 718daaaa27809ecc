using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Workflows;

namespace Orchestrator.Simulation.Worlds;

/// <summary>What a world is made of, where its seed does not decide.</summary>
internal sealed record WorldOptions
{
    /// <summary>Null lets the seed choose, so that some worlds are troubled in a few ways only and more can be demanded of them.</summary>
    public Trouble? Trouble { get; init; }

    /// <summary>Null lets the seed choose 1 to 3.</summary>
    public int? Silos { get; init; }

    /// <summary>How long trouble lasts.</summary>
    public TimeSpan TroubleFor { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a calm world may take to finish what needs no person, and again for what does.</summary>
    public TimeSpan CalmMax { get; init; } = TimeSpan.FromHours(1);

    public WorkflowPolicy Policy { get; init; } = SimulatedWorld.Policy;

    /// <summary>Keeps what happens as text.</summary>
    public bool Transcript { get; init; }

    /// <summary>Plants a defect: stands between a silo and the journal.</summary>
    public Func<IWorkflowJournal, SiloStart, IWorkflowJournal> Journal { get; init; } = (journal, _) => journal;

    /// <summary>Plants a defect: stands between the sweeper and the rows.</summary>
    public Func<IWorkflowIndex, IWorkflowIndex> Index { get; init; } = index => index;

    /// <summary>Plants a defect: changes what a silo is made of, after everything else.</summary>
    public Action<SiloStart, IServiceCollection> Services { get; init; } = (_, _) => { };

    /// <summary>Plants a defect: changes what a silo's grains are asked to start.</summary>
    public Func<StartWorkflow, StartWorkflow> Start { get; init; } = request => request;
}
