using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;

namespace Orchestrator.Adapters.Postgres.Writing;

/// <summary>One append on its way into a batch, encoded where it came from and not where everybody waits.</summary>
internal sealed class PendingAppend
{
    // The workflow's row, its index entries and the bookkeeping of a page.
    private const int RowBytes = 512;

    // The caller's code must not run on the writer's turn: while it did, nobody else's append could be committed.
    private readonly TaskCompletionSource<AppendOutcome> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PendingAppend(JournalAppend append)
    {
        AppendRules.EnsureConsistent(append);
        Append = append;
        Key = WorkflowKey.Of(append.Workflow);
        Frame = JsonSerializer.SerializeToUtf8Bytes(append.Entries, VocabularyJson.Types.ImmutableArrayJournalEntry);
        News = append.News.IsDefaultOrEmpty ? [] : [.. append.News.Select(one => JsonSerializer.SerializeToUtf8Bytes(one, VocabularyJson.Types.CloudEvent))];
    }

    public JournalAppend Append { get; }

    public byte[] Key { get; }

    /// <summary>The events as they are stored: a JSON array, in order.</summary>
    public byte[] Frame { get; }

    /// <summary>What is to be told of it, as it is stored.</summary>
    public ImmutableArray<byte[]> News { get; }

    public int Bytes => Frame.Length + RowBytes + News.Sum(one => one.Length);

    public Task<AppendOutcome> Completion => completion.Task;

    // Tried, for a batch that is run again may hold some that have their answer.
    public void Answer(AppendOutcome outcome) => completion.TrySetResult(outcome);

    public void Fail(Exception reason) => completion.TrySetException(reason);
}
