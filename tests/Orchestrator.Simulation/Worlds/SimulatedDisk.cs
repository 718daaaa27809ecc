using System.Collections.Immutable;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Worlds;

/// <summary>One silo's way to the store that all silos share: the place where storage is slow, away, or the last thing a silo touched.</summary>
internal sealed class SimulatedDisk(SimulatedWorld world, SimulatedSilo silo, SiloStart start, SimulatedChance chance) : IWorkflowJournal, IWorkflowIndex
{
    // An append is refused, lost or cut by a crash about this often; a world makes some hundreds of them.
    private const double Rare = 0.004;

    public async ValueTask<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        await PassAsync();
        await CrashAsync();
        if (Strikes(Trouble.StoreAway, Rare))
        {
            throw new StorageUnavailableException("The simulated store took no append just now.", full: false);
        }

        var outcome = await world.Journal.AppendAsync(append, cancellationToken);
        if (outcome is AppendOutcome.Appended)
        {
            world.Transcript.Events(append.Workflow, append.Entries, start.Name);
            world.Checker.Kept(append, start.Name);
        }

        await CrashAsync();
        if (Strikes(Trouble.LostAnswers, Rare))
        {
            throw new StorageUnavailableException("The simulated store's answer was lost.", full: false);
        }

        if (Strikes(Trouble.SlowStore, 0.05))
        {
            await Task.Delay(chance.UpTo(TimeSpan.FromSeconds(1)), start.Clock, CancellationToken.None);
        }

        return outcome;
    }

    public async ValueTask<ImmutableArray<JournalEntry>> ReadAsync(WorkflowId workflow, long after, int limit, CancellationToken cancellationToken)
    {
        await PassAsync();
        if (Strikes(Trouble.StoreAway, Rare * 2))
        {
            throw new StorageUnavailableException("The simulated store gave no events just now.", full: false);
        }

        return await world.Journal.ReadAsync(workflow, after, limit, cancellationToken);
    }

    public async ValueTask<ImmutableArray<WorkflowId>> ClaimDueAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken)
    {
        await PassAsync();
        return await world.Journal.ClaimDueAsync(now, limit, rest, cancellationToken);
    }

    public async ValueTask<ImmutableArray<WorkflowId>> ClaimOrphansAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken)
    {
        await PassAsync();
        return await world.Journal.ClaimOrphansAsync(now, limit, rest, cancellationToken);
    }

    public ValueTask<WorkflowPage> ListAsync(WorkflowQuery query, CancellationToken cancellationToken) => world.Journal.ListAsync(query, cancellationToken);

    public ValueTask<WorkflowSummary?> FindAsync(WorkflowId workflow, CancellationToken cancellationToken) => world.Journal.FindAsync(workflow, cancellationToken);

    public ValueTask<AppendOutcome.RequestSeen?> FindRequestAsync(string key, CancellationToken cancellationToken) => world.Journal.FindRequestAsync(key, cancellationToken);

    public ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken) => world.Journal.CountAsync(cancellationToken);

    public ValueTask<DateTimeOffset?> FirstDueAsync(CancellationToken cancellationToken) => world.Journal.FirstDueAsync(cancellationToken);

    public ValueTask<ImmutableArray<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken) =>
        world.Journal.DeadLettersAsync(filter, after, limit, cancellationToken);

    public ValueTask<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) =>
        world.Journal.FindDeadLetterAsync(workflow, step, cancellationToken);

    public ValueTask<ImmutableArray<Approval>> ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken) =>
        world.Journal.ApprovalsAsync(filter, after, limit, cancellationToken);

    public ValueTask<Approval?> FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken) =>
        world.Journal.FindApprovalAsync(workflow, step, cancellationToken);

    public ValueTask MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken) =>
        world.Journal.MarkRedrivenAsync(workflow, step, by, cancellationToken);

    private async ValueTask PassAsync()
    {
        if (world.StoreIsAway)
        {
            world.Note(Trouble.StoreAway);
            throw new StorageUnavailableException("The simulated store is away.", full: false);
        }

        if (Strikes(Trouble.SlowStore, 0.05))
        {
            await Task.Delay(chance.UpTo(TimeSpan.FromSeconds(1)), start.Clock, CancellationToken.None);
        }
    }

    private async ValueTask CrashAsync()
    {
        if (Strikes(Trouble.Crashes, Rare))
        {
            world.Crash(silo);

            // The process is gone. What stands after this line in its code never runs.
            await new TaskCompletionSource().Task;
        }
    }

    private bool Strikes(Trouble kind, double probability)
    {
        var strikes = world.IsTroubledBy(kind) && chance.Happens(probability);
        if (strikes)
        {
            world.Note(kind);
        }

        return strikes;
    }
}
