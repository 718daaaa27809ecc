using System.Collections.Immutable;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Topics;
using Orchestrator.Execution.Workflows;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Testing.Journals;

/// <summary>A journal and its index in memory, for specs and simulations. It outlives the processes a simulation kills: they share one instance.</summary>
/// <remarks>
/// Starts no thread and waits for nothing but its <see cref="Faults"/>, so that a deterministic scheduler owns every turn. Every call is atomic:
/// an append happens between <see cref="JournalFaults.BeforeAppend"/> and <see cref="JournalFaults.AfterAppend"/>, in one piece.
/// </remarks>
public sealed class InMemoryJournal : IWorkflowJournal, IWorkflowIndex, INewsOutbox
{
    private readonly Lock gate = new();
    private readonly Dictionary<WorkflowId, List<JournalEntry>> entries = [];
    private readonly SortedDictionary<WorkflowId, WorkflowSummary> summaries = new(Comparer<WorkflowId>.Create(CompareIds));
    private readonly Dictionary<string, AppendOutcome.RequestSeen> requests = new(StringComparer.Ordinal);
    private readonly Dictionary<(WorkflowId, StepPath), DeadLetter> deadLetters = [];
    private readonly Dictionary<(WorkflowId, StepPath), Approval> approvals = [];
    private readonly WakeClaims claims = new();
    private readonly Dictionary<long, string> owners = [];
    private readonly Dictionary<long, ProcessFate> ended = [];
    private readonly List<UntoldNews> news = [];
    private long newsKeys;
    private long epoch;

    /// <summary>One process at a time has this journal to itself, as it would have a file.</summary>
    public bool IsForOneProcess { get; set; }

    public JournalFaults Faults { get; set; } = JournalFaults.None;

    /// <summary>Appends that were kept: on a disk each would be a commit, when nothing else is queued beside it.</summary>
    public long AppendsKept { get; private set; }

    /// <summary>A new start of a process: its epoch is higher than those before, its owner's and everybody's. Earlier starts of the owner have ended.</summary>
    public IProcessEpoch StartProcess(string owner = "")
    {
        lock (gate)
        {
            foreach (var (former, _) in owners.Where(start => start.Value == owner))
            {
                ended.TryAdd(former, ProcessFate.Lost);
            }

            owners.Add(++epoch, owner);
            return new StartedProcess(this, epoch, owner);
        }
    }

    /// <summary>A start has ended. Its first end counts.</summary>
    public void EndProcess(long start, ProcessFate fate)
    {
        lock (gate)
        {
            ended.TryAdd(start, fate);
        }
    }

    /// <summary>What has become of a start. One that was never begun here has been lost.</summary>
    public ProcessFate FateOf(long start)
    {
        lock (gate)
        {
            return ended.TryGetValue(start, out var fate) ? fate : owners.ContainsKey(start) ? ProcessFate.Running : ProcessFate.Lost;
        }
    }

    /// <summary>All events of a workflow that are kept, without asking <see cref="Faults"/>: for checkers.</summary>
    public ImmutableArray<JournalEntry> History(WorkflowId workflow)
    {
        lock (gate)
        {
            return entries.TryGetValue(workflow, out var found) ? [.. found] : [];
        }
    }

    /// <summary>All rows, by id: for checkers.</summary>
    public ImmutableArray<WorkflowSummary> Rows()
    {
        lock (gate)
        {
            return [.. summaries.Values];
        }
    }

    public async ValueTask<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AppendRules.EnsureConsistent(append);
        var faults = Faults;
        if (faults.BeforeAppend is { } before)
        {
            await before(append);
        }

        var outcome = Append(append);
        if (faults.AfterAppend is { } after)
        {
            await after(append, outcome);
        }

        return outcome;
    }

    private AppendOutcome Append(JournalAppend append)
    {
        lock (gate)
        {
            if (append.Request is { } request && requests.TryGetValue(request.Key, out var seen))
            {
                return seen;
            }

            var head = summaries.TryGetValue(append.Workflow, out var row) ? new JournalHead(row.Version, row.Epoch, row.Status) : default;
            if (AppendRules.Judge(head, append) is { } conflict)
            {
                return conflict;
            }

            if (!entries.TryGetValue(append.Workflow, out var events))
            {
                entries.Add(append.Workflow, events = []);
            }

            events.AddRange(append.Entries);
            summaries[append.Workflow] = append.Summary;
            if (append.Request is { } kept)
            {
                requests.Add(kept.Key, new(append.Workflow, kept.Fingerprint));
            }

            foreach (var letter in append.DeadLetters.IsDefault ? [] : append.DeadLetters)
            {
                deadLetters[(letter.Workflow, letter.Step)] = letter;
            }

            foreach (var approval in append.Approvals.IsDefault ? [] : append.Approvals)
            {
                approvals[(approval.Workflow, approval.Step)] = approval;
            }

            foreach (var one in append.News.IsDefault ? [] : append.News)
            {
                news.Add(new UntoldNews(++newsKeys, one));
            }

            AppendsKept++;
            return AppendOutcome.Appended.Instance;
        }
    }

    public async ValueTask<ImmutableArray<JournalEntry>> ReadAsync(
        WorkflowId workflow, long after, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Faults.BeforeRead is { } before)
        {
            await before(workflow);
        }

        lock (gate)
        {
            return entries.TryGetValue(workflow, out var found) ? [.. found.Skip((int)after).Take(limit)] : [];
        }
    }

    public ValueTask<WorkflowPage> ListAsync(WorkflowQuery query, CancellationToken cancellationToken)
    {
        var items = Select(rows => rows
            .Where(row => Matches(row, query) && (query.After is not { } after || ComparePositions(row, after) < 0))
            .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id, summaries.Comparer)
            .Take(query.Limit + 1));
        if (items.Length <= query.Limit)
        {
            return new(new WorkflowPage(items, Next: null));
        }

        items = items[..query.Limit];
        return new(new WorkflowPage(items, new WorkflowPosition(items[^1].CreatedAt, items[^1].Id)));
    }

    public ValueTask<WorkflowSummary?> FindAsync(WorkflowId workflow, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new(summaries.GetValueOrDefault(workflow));
        }
    }

    public ValueTask<AppendOutcome.RequestSeen?> FindRequestAsync(string key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new(requests.GetValueOrDefault(key));
        }
    }

    public ValueTask<ImmutableArray<WorkflowId>> ClaimDueAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) =>
        new(Claim(rows => rows.Where(row => !row.Status.IsFinal() && row.DueAt <= now).OrderBy(row => row.DueAt), now, limit, rest));

    public ValueTask<ImmutableArray<WorkflowId>> ClaimOrphansAsync(DateTimeOffset now, int limit, WakeRest rest, CancellationToken cancellationToken) =>
        new(Claim(rows => rows.Where(row => !row.Status.IsFinal() && row.CallsOut > 0 && FateOf(row.Epoch) != ProcessFate.Running), now, limit, rest));

    public ValueTask<ImmutableSortedDictionary<WorkflowStatus, long>> CountAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new(summaries.Values.CountBy(row => row.Status).ToImmutableSortedDictionary(pair => pair.Key, pair => (long)pair.Value));
        }
    }

    public ValueTask<DateTimeOffset?> FirstDueAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new(summaries.Values.Where(row => !row.Status.IsFinal()).Min(row => row.DueAt is { } due ? claims.GivenAt(row.Id, row.Version, due) : (DateTimeOffset?)null));
        }
    }

    public ValueTask<ImmutableArray<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var newestFirst = deadLetters.Values
                .OrderByDescending(letter => letter.At).ThenByDescending(letter => letter.Id, StringComparer.Ordinal)
                .SkipWhile(letter => after is not null && letter.Id != after)
                .Skip(after is null ? 0 : 1)
                .Where(filter.Selects);
            return new([.. newestFirst.Take(limit)]);
        }
    }

    public ValueTask<DeadLetter?> FindDeadLetterAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new(deadLetters.GetValueOrDefault((workflow, step)));
        }
    }

    public ValueTask<ImmutableArray<Approval>> ApprovalsAsync(ApprovalFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var newestFirst = approvals.Values
                .OrderByDescending(approval => approval.Since)
                .ThenByDescending(approval => approval.Workflow, summaries.Comparer)
                .ThenByDescending(approval => approval.Step.Value, StringComparer.Ordinal)
                .SkipWhile(approval => after is not null && approval.Id != after)
                .Skip(after is null ? 0 : 1)
                .Where(filter.Selects);
            return new([.. newestFirst.Take(limit)]);
        }
    }

    public ValueTask<Approval?> FindApprovalAsync(WorkflowId workflow, StepPath step, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new(approvals.GetValueOrDefault((workflow, step)));
        }
    }

    public ValueTask MarkRedrivenAsync(WorkflowId workflow, StepPath step, WorkflowId by, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (deadLetters.TryGetValue((workflow, step), out var letter))
            {
                deadLetters[(workflow, step)] = letter with { RedrivenAs = by };
            }
        }

        return default;
    }

    public ValueTask<ImmutableArray<UntoldNews>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new([.. news.Take(limit)]);
        }
    }

    public ValueTask RemoveAsync(ImmutableArray<UntoldNews> told, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var keys = told.Select(one => one.Key).ToHashSet();
            news.RemoveAll(one => keys.Contains(one.Key));
            return default;
        }
    }

    private static bool Matches(WorkflowSummary row, WorkflowQuery query) =>
        (query.Statuses.IsDefaultOrEmpty || query.Statuses.Contains(row.Status))
        && (query.WaitingFor is null || row.WaitingFor == query.WaitingFor)
        && (query.Plan is null || row.PlanName == query.Plan || row.PlanId == query.Plan)
        && (query.Tags is null || query.Tags.All(tag => row.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value))
        && (query.CreatedFrom is null || row.CreatedAt >= query.CreatedFrom)
        && (query.CreatedBefore is null || row.CreatedAt < query.CreatedBefore)
        && (query.FailureCode is null || row.FailureCode == query.FailureCode);

    private static int ComparePositions(WorkflowSummary row, WorkflowPosition position) =>
        row.CreatedAt.CompareTo(position.CreatedAt) is var byTime and not 0 ? byTime : CompareIds(row.Id, position.Id);

    private static int CompareIds(WorkflowId left, WorkflowId right) => string.CompareOrdinal(left.Value, right.Value);

    private ImmutableArray<WorkflowSummary> Select(Func<IEnumerable<WorkflowSummary>, IEnumerable<WorkflowSummary>> choose)
    {
        lock (gate)
        {
            return [.. choose(summaries.Values)];
        }
    }

    private ImmutableArray<WorkflowId> Claim(
        Func<IEnumerable<WorkflowSummary>, IEnumerable<WorkflowSummary>> choose, DateTimeOffset now, int limit, WakeRest rest)
    {
        claims.ForgetEnded(now, rest);
        return [.. Select(rows => choose(rows).Where(row => claims.TryClaim(row.Id, row.Version, now, rest)).Take(limit)).Select(row => row.Id)];
    }

    private sealed class StartedProcess(InMemoryJournal journal, long current, string owner) : IProcessEpoch
    {
        public long Current => current;

        public string Owner => owner;

        public bool IsAlone => journal.IsForOneProcess;

        public ProcessFate FateOf(long epoch) => journal.FateOf(epoch);
    }
}
