using System.Collections.Immutable;
using Orchestrator.Adapters.Sqlite.Topics;
using Orchestrator.Adapters.Sqlite.Writing;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Sqlite.Journals;

/// <summary>One append on its way into a transaction, encoded where it came from and not where everybody waits.</summary>
internal sealed class AppendWrite : StoreWrite<AppendOutcome>
{
    // The workflow's row, its index entries and the bookkeeping of a page.
    private const int RowBytes = 512;

    private readonly JournalAppend append;
    private readonly byte[] key;
    private readonly byte[] frame;
    private readonly ImmutableArray<(TopicName Topic, TopicEntries Entries)> news;

    public AppendWrite(JournalAppend append)
    {
        AppendRules.EnsureConsistent(append);
        this.append = append;
        key = WorkflowKey.Of(append.Workflow);
        frame = JournalTable.Encode(append.Entries);
        news = append.News.IsDefaultOrEmpty ? [] : [.. append.News.GroupBy(WorkflowNews.TopicOf).Select(topic => (topic.Key, new TopicEntries([.. topic])))];
    }

    public override int Bytes => frame.Length + RowBytes + news.Sum(topic => topic.Entries.Bytes);

    /// <summary>Everything that can refuse the append is asked before the first row changes, so a refusal needs no undoing and touches no neighbour.</summary>
    protected override AppendOutcome Run(WriterSession session)
    {
        if (append.Request is { } request && RequestTable.Find(session.Connection, request.Key) is { } seen)
        {
            return seen;
        }

        var head = session.Workflows.Head(key);
        if (AppendRules.Judge(head, append) is { } conflict)
        {
            return conflict;
        }

        if (head.Status == WorkflowStatus.None)
        {
            session.Workflows.Insert(key, append.Summary);
        }
        else
        {
            session.Workflows.Update(key, append.Summary);
        }

        session.Counts.Move(head.Status, append.Summary.Status);
        session.Journal.Insert(key, append.Entries, frame);
        if (append.Request is { } accepted)
        {
            session.Requests.Insert(accepted, key, append.Entries[^1].At);
        }

        foreach (var letter in append.DeadLetters.IsDefault ? [] : append.DeadLetters)
        {
            session.DeadLetters.Put(letter);
        }

        foreach (var approval in append.Approvals.IsDefault ? [] : append.Approvals)
        {
            session.Approvals.Put(approval);
        }

        // What is told may stand beside what is kept, for nobody else writes to the topics meanwhile.
        foreach (var (topic, entries) in news)
        {
            entries.AppendTo(session.Topics, topic, append.Entries[^1].At, topicsMax: int.MaxValue);
        }

        return AppendOutcome.Appended.Instance;
    }
}
