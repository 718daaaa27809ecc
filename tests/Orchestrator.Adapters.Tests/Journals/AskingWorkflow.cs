using System.Collections.Immutable;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Journals;

/// <summary>A workflow that asks a person, as it stands in the journal of a store that kept no inbox.</summary>
internal static class AskingWorkflow
{
    public static async Task AppendAsync(IWorkflowJournal journal, int n)
    {
        var plan = new Plan("p", [new Step("ask", Approval: new ApprovalRequest("Publish?", ["ana"], TimeSpan.FromDays(1)))]);
        var context = new DecisionContext(Noon, Epoch: 1, WorkflowPolicy.Default);
        var accepted = new WorkflowAccepted(plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty);
        var decision = WorkflowDecisions.Accept(new WorkflowState(Id(n)), accepted, context);
        ImmutableArray<JournalEntry> entries = [.. decision.Events.Select((happened, i) => new JournalEntry(i + 1, Noon, happened))];
        var state = entries.Aggregate(new WorkflowState(Id(n)), (before, entry) => WorkflowEvolution.Evolve(before, entry, WorkflowPolicy.Default));
        (await journal.AppendAsync(new(Id(n), 0, entries, WorkflowSummaries.Of(state, 1, WorkflowPolicy.Default)), CancellationToken.None)).ShouldBe(AppendOutcome.Appended.Instance);
    }
}
