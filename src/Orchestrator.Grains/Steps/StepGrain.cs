using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Blobs;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Steps;

/// <summary>Makes the attempts of one step: a place at the agent, the call, the report. What follows from the outcome is decided by the workflow.</summary>
[Reentrant, PreferLocalPlacement]
public sealed partial class StepGrain(
    IProcessEpoch epoch,
    IEnumerable<IAgentTransport> transports,
    IEnumerable<CompletionTokens> tokens,
    TimeProvider clock,
    IBlobStore blobs,
    IOptions<BlobOptions> blobOptions,
    IOptions<StepGrainOptions> options,
    ILogger<StepGrain> logger) : Grain, IStepGrain
{
    /// <summary>Longer than any call: an activation that makes one is not idle, though no message reaches it.</summary>
    private static readonly TimeSpan WhileUnderWay = TimeSpan.FromDays(365);

    private AttemptUnderWay? current;

    private string Key => field ??= this.GetPrimaryKeyString();

    public Task StartAsync(StepAssignment assignment, CancellationToken cancellationToken = default)
    {
        // The workflow sends what it owes again and again. The attempt under way is left alone, and a message that was overtaken is old news.
        if (current is { } under)
        {
            if (under.Is(assignment.Generation, assignment.Attempt))
            {
                under.Heard(assignment.Epoch, clock.GetTimestamp());
                return Task.CompletedTask;
            }

            if (under.IsNewerThan(assignment))
            {
                return Task.CompletedTask;
            }

            under.Drop();
        }

        DelayDeactivation(WhileUnderWay);
        var attempt = new AttemptUnderWay(assignment, Key, clock.GetTimestamp());
        current = attempt;
        attempt.Work = MakeAsync(attempt);
        return Task.CompletedTask;
    }

    public Task CancelAsync(int generation, int attempt, CancellationToken cancellationToken = default)
    {
        if (current is { } under && under.Is(generation, attempt))
        {
            under.Drop();
        }
        else if (current is null)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    public async Task SlotGrantedAsync(SlotLease lease, CancellationToken cancellationToken = default)
    {
        if (current is { } under && under.Ticket == lease.Ticket && under.Slot is { } asked && asked.Of == lease.Registration.Name && !under.Dropped.IsCancellationRequested)
        {
            asked.Answered(new SlotReply(lease));
            return;
        }

        // Nobody here made the attempt: it was dropped, or it was ours before a restart. The next in line should not wait for the lease to end.
        await GrainFactory.Agent(lease.Registration.Name).WithdrawAsync(lease.Ticket, cancellationToken);
        if (current is null)
        {
            DeactivateOnIdle();
        }
    }

    public Task SlotRefusedAsync(string ticket, StepFailure failure, CancellationToken cancellationToken = default)
    {
        if (current is { } under && under.Ticket == ticket)
        {
            under.Slot?.Answered(new SlotReply(null, Failure: failure));
        }

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // A call that our own stop interrupts is no failed attempt. Nothing is reported, and the workflow sends the assignment again.
        if (current is { } under)
        {
            under.Drop();
            await under.Work.WaitAsync(cancellationToken);
        }
    }
}
