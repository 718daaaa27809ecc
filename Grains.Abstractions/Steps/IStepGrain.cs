using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Limits;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Steps;

/// <summary>Carries one step's attempts: asks the agent for a slot, calls it, reports. The key is <c>workflow id/step path</c>.</summary>
/// <remarks>It remembers nothing that the journal does not: when it is lost, its workflow starts it again with the same assignment.</remarks>
[Alias("step-grain")]
public interface IStepGrain : IGrainWithStringKey
{
    /// <summary>Begins an attempt and returns at once. The attempt that is already under way is left alone; an older one is dropped.</summary>
    [Alias("start")]
    Task StartAsync(StepAssignment assignment, CancellationToken cancellationToken = default);

    /// <summary>Nobody waits for the attempt any more. One that is not under way is ignored.</summary>
    [Alias("cancel")]
    Task CancelAsync(int generation, int attempt, CancellationToken cancellationToken = default);

    /// <summary>The agent has room for the attempt that asked with this ticket.</summary>
    [Alias("slot-granted")]
    Task SlotGrantedAsync(SlotLease lease, CancellationToken cancellationToken = default);

    /// <summary>The agent will never have room for the attempt that asked with this ticket, because the agent has been removed.</summary>
    [Alias("slot-refused")]
    Task SlotRefusedAsync(string ticket, StepFailure failure, CancellationToken cancellationToken = default);

    /// <summary>A named limit has room for the attempt that asked with this ticket.</summary>
    [Alias("limit-granted")]
    Task LimitGrantedAsync(LimitLease lease, CancellationToken cancellationToken = default);

    /// <summary>A named limit will not have room for the attempt that asked with this ticket: it waited too long, gave way in a full queue, or the limit is gone.</summary>
    [Alias("limit-refused")]
    Task LimitRefusedAsync(string limit, string ticket, StepFailure failure, CancellationToken cancellationToken = default);
}
