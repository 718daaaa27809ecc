using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Topics;
using Orchestrator.Testing.Topics;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Topics;

/// <summary>What every store must do with the news its appends leave. Each store derives a class from it, on a store of its own.</summary>
public abstract class WorkflowNewsContract
{
    protected abstract IWorkflowJournal Journal { get; }

    protected abstract ITopicLog Topics { get; }

    protected abstract IWorkflowNews News { get; }

    private static CancellationToken None => CancellationToken.None;

    [StoreFact]
    public async Task news_stand_in_their_topic_in_order_and_once_when_they_have_been_told()
    {
        (await News.TellAsync(10, None)).ShouldBe(new NewsTold(0, More: false));
        var accept = await AppendAsync(Accept(Id(1)), 1, 2);
        await AppendAsync(Accept(Id(2)), 3);
        await AppendAsync(Start(accept), 4);

        (await TellAllAsync()).ShouldBe(4);
        (await TellAllAsync()).ShouldBe(4);

        var page = await Topics.ReadAsync(WorkflowNews.Topic, 0, 10, None);
        page.Events.Select(one => (one.Number, one.Event.Id)).ShouldBe([(1, "e-1"), (2, "e-2"), (3, "e-3"), (4, "e-4")]);
        (page.Events[0].Event with { Attributes = SampleEvents.Sample(1).Attributes }).ShouldBe(SampleEvents.Sample(1));
    }

    [StoreFact]
    public async Task what_is_told_comes_after_what_was_published_to_the_same_topic()
    {
        await Topics.AppendAsync(new TopicAppend(WorkflowNews.Topic, SampleEvents.Samples(1, 2), Noon), None);
        await AppendAsync(Accept(Id(1)), 3);

        (await TellAllAsync()).ShouldBe(3);

        (await Topics.ReadAsync(WorkflowNews.Topic, 0, 10, None)).Events.Select(one => one.Event.Id).ShouldBe(["e-1", "e-2", "e-3"]);
    }

    [StoreFact]
    public async Task an_event_that_somebody_else_has_published_under_the_same_id_stops_no_append()
    {
        await Topics.AppendAsync(new TopicAppend(WorkflowNews.Topic, SampleEvents.Samples(1, 1), Noon), None);

        await AppendAsync(Accept(Id(1)), 1, 2);

        (await TellAllAsync()).ShouldBe(2);
    }

    [StoreFact]
    public async Task an_append_that_is_refused_leaves_none()
    {
        await AppendAsync(Accept(Id(1)), 1);

        (await Journal.AppendAsync(Accept(Id(1)) with { News = SampleEvents.Samples(2, 2) }, None)).ShouldBeOfType<AppendOutcome.Conflict>();

        (await TellAllAsync()).ShouldBe(1);
    }

    private async Task<long> TellAllAsync()
    {
        NewsTold told;
        do
        {
            told = await News.TellAsync(2, None);
        }
        while (told.More);

        return told.Last;
    }

    private async Task<JournalAppend> AppendAsync(JournalAppend append, params int[] news)
    {
        (await Journal.AppendAsync(append with { News = [.. news.Select(number => SampleEvents.Sample(number))] }, None)).ShouldBeOfType<AppendOutcome.Appended>();
        return append;
    }
}
