using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Testing.Journals;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Journals;

public sealed class In_memory_journal : JournalContract
{
    private readonly InMemoryJournal journal = new();
    private IProcessEpoch epoch;

    public In_memory_journal() => epoch = journal.StartProcess();

    protected override IWorkflowJournal Journal => journal;

    protected override IWorkflowIndex Index => journal;

    protected override IProcessEpoch Epoch => epoch;

    protected override Task RestartAsync(bool inGoodOrder)
    {
        journal.EndProcess(epoch.Current, inGoodOrder ? ProcessFate.Left : ProcessFate.Lost);
        epoch = journal.StartProcess();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task an_append_can_be_lost_before_it_is_kept()
    {
        journal.Faults = new(BeforeAppend: _ => throw new StorageUnavailableException("away", full: false));

        await Should.ThrowAsync<StorageUnavailableException>(async () => await journal.AppendAsync(Accept(Id(1)), CancellationToken.None));

        journal.History(Id(1)).ShouldBeEmpty();
    }

    [Fact]
    public async Task an_answer_can_be_lost_after_its_append_was_kept()
    {
        journal.Faults = new(AfterAppend: (_, _) => throw new StorageUnavailableException("away", full: false));

        await Should.ThrowAsync<StorageUnavailableException>(async () => await journal.AppendAsync(Accept(Id(1)), CancellationToken.None));

        journal.History(Id(1)).Length.ShouldBe(1);
        journal.AppendsKept.ShouldBe(1);
    }

    [Fact]
    public void each_start_of_a_process_has_a_higher_epoch() =>
        journal.StartProcess().Current.ShouldBeLessThan(journal.StartProcess().Current);
}
