using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Topics;
using Orchestrator.Testing.Topics;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Topics;

/// <summary>What a store with many writers must do with the news its appends leave, until they are told.</summary>
public abstract class NewsOutboxContract
{
    protected abstract IWorkflowJournal Journal { get; }

    protected abstract INewsOutbox Outbox { get; }

    private static CancellationToken None => CancellationToken.None;

    [StoreFact]
    public async Task news_are_kept_with_their_append_in_order_until_they_are_removed()
    {
        var accept = await AppendAsync(Accept(Id(1)), 1, 2);
        await AppendAsync(Accept(Id(2)), 3);
        await AppendAsync(Start(accept), 4);

        var untold = await Outbox.ReadAsync(10, None);
        untold.Select(one => one.Event.Id).ShouldBe(["e-1", "e-2", "e-3", "e-4"]);
        untold.Select(one => one.Key).ShouldBeInOrder();
        (untold[0].Event with { Attributes = SampleEvents.Sample(1).Attributes }).ShouldBe(SampleEvents.Sample(1));
        (await Outbox.ReadAsync(2, None)).Select(one => one.Event.Id).ShouldBe(["e-1", "e-2"]);

        await Outbox.RemoveAsync(untold[..2], None);
        await Outbox.RemoveAsync(untold[..3], None);
        (await Outbox.ReadAsync(10, None)).Select(one => one.Event.Id).ShouldBe(["e-4"]);
    }

    [StoreFact]
    public async Task a_removal_that_comes_late_takes_nothing_new()
    {
        await AppendAsync(Accept(Id(1)), 1);
        var first = await Outbox.ReadAsync(10, None);
        await Outbox.RemoveAsync(first, None);
        await AppendAsync(Accept(Id(2)), 2);

        await Outbox.RemoveAsync(first, None);

        (await Outbox.ReadAsync(10, None)).Select(one => one.Event.Id).ShouldBe(["e-2"]);
    }

    private async Task<JournalAppend> AppendAsync(JournalAppend append, params int[] news)
    {
        (await Journal.AppendAsync(append with { News = [.. news.Select(number => SampleEvents.Sample(number))] }, None)).ShouldBeOfType<AppendOutcome.Appended>();
        return append;
    }
}
