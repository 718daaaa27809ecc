using System.Collections.Immutable;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Workflows;

/// <summary>Reads what unfinished workflows ask of persons out of their journals, once, after a store has learned to keep an inbox.</summary>
public sealed class ApprovalBackfilling(IApprovalBackfill backfill, IWorkflowJournal journal, WorkflowPolicy policy)
{
    private const int WorkflowsAtATime = 100;
    private const int EventsAtATime = 1_000;

    /// <returns>How many workflows were looked at. What was done before a failure stays done.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var done = 0;
        ImmutableArray<WorkflowId> owed;
        do
        {
            owed = await backfill.OwedAsync(WorkflowsAtATime, cancellationToken);
            foreach (var workflow in owed)
            {
                await backfill.KeepAsync(workflow, Approvals.All(await ReadAsync(workflow, cancellationToken)), cancellationToken);
                done++;
            }
        }
        while (!owed.IsEmpty);

        return done;
    }

    private async Task<WorkflowState> ReadAsync(WorkflowId workflow, CancellationToken cancellationToken)
    {
        var state = new WorkflowState(workflow);
        ImmutableArray<JournalEntry> page;
        do
        {
            page = await journal.ReadAsync(workflow, state.Version, EventsAtATime, cancellationToken);
            state = page.Aggregate(state, (before, entry) => WorkflowEvolution.Evolve(before, entry, policy));
        }
        while (page.Length == EventsAtATime);

        return state;
    }
}
