using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Audits;

/// <summary>Checks for ever that what is kept keeps the invariants, a bounded part of it in each pass. It repairs nothing and stops nobody.</summary>
/// <remarks>Every silo runs one. The store points out suspects; what only the events can tell is judged here, by replaying them.</remarks>
public sealed class Auditor(
    IJournalAudit audit,
    IWorkflowIndex index,
    IWorkflowJournal journal,
    IAuditObserver observer,
    AuditPolicy policy,
    WorkflowPolicy workflows,
    TimeProvider clock,
    Random random)
{
    /// <summary>Workflows that one statement looks at, so that none takes long.</summary>
    private const int PageMax = 500;

    private const int EventsPerRead = 1_000;

    private WorkflowId? seenTo;

    /// <summary>Audits until it is cancelled; then throws <see cref="OperationCanceledException"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Not all silos in the same second.
            await Task.Delay(policy.Every * (0.9 + (0.2 * random.NextDouble())), clock, cancellationToken);
            try
            {
                await PassAsync(cancellationToken);
            }
            catch (Exception cause) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it was: an auditor that ended would find nothing any more, and nobody would notice.
                observer.AuditFailed(cause);
            }
        }
    }

    /// <summary>One pass.</summary>
    /// <exception cref="StorageUnavailableException">The store is away. The next pass goes on from the last page that was read.</exception>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var looked = 0;
        var replays = 0;
        do
        {
            var page = await audit.LookAsync(seenTo, Math.Min(PageMax, policy.WorkflowsMax - looked), cancellationToken);
            foreach (var suspect in page.Suspects)
            {
                var certain = suspect.Rule is AuditRule.Gaps or AuditRule.Writer;
                if (certain || (replays++ < policy.ReplaysMax && await BreaksAsync(suspect, cancellationToken)))
                {
                    observer.Violated(suspect.Workflow, suspect.Rule);
                }
            }

            looked += page.Looked;
            seenTo = page.Last;
        }
        while (seenTo is not null && looked < policy.WorkflowsMax);

        observer.Audited(looked);
    }

    private async Task<bool> BreaksAsync(AuditSuspect suspect, CancellationToken cancellationToken)
    {
        if (await index.FindAsync(suspect.Workflow, cancellationToken) is not { } row)
        {
            return false;
        }

        var state = new WorkflowState(suspect.Workflow);
        while (state.Version < row.Version)
        {
            var entries = await journal.ReadAsync(suspect.Workflow, state.Version, EventsPerRead, cancellationToken);
            if (entries.IsEmpty)
            {
                return false; // Deleted meanwhile, or it has gaps, which is another rule's.
            }

            foreach (var entry in entries)
            {
                state = WorkflowEvolution.Evolve(state, entry, workflows);
            }
        }

        // It has gone on between the two reads: that is not what was suspected. If it still is, the next round sees it.
        return state.Version == row.Version && (suspect.Rule == AuditRule.Final ? !IsEndedAsToldBy(state, row) : !HasWaker(state, row));
    }

    private static bool IsEndedAsToldBy(WorkflowState state, WorkflowSummary row) => state.IsFinal == row.Status.IsFinal() && (!state.IsFinal || state.Status == row.Status);

    private static bool HasWaker(WorkflowState state, WorkflowSummary row) =>
        state.IsFinal || row.DueAt is not null || state.Paused || state.Waits.Values.Any(wait => wait.Kind is WaitKind.Approval or WaitKind.Signal);
}
