using System.Collections.Immutable;
using Orchestrator.Decisions;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Workflows;

/// <summary>Runs the decisions of one workflow. The one place where the order "remember, then do" is written.</summary>
/// <remarks>
/// Messages that arrive while an append is under way are decided together and appended together: a burst of reports costs one commit. All members are
/// called from one activation, never at the same time; messages may interleave at any await. Once an append has failed or met a conflict, what is held
/// here may be wrong: the loop is broken for good, everything waiting on it fails, and its owner starts over from the journal.
/// </remarks>
public sealed class DecisionLoop(
    WorkflowId id, IWorkflowJournal journal, IWorkflowEffects effects, IProcessEpoch epoch, TimeProvider clock, WorkflowPolicy policy)
{
    /// <summary>Events read from the journal at a time.</summary>
    private const int ReadPage = 1_000;

    /// <summary>Messages decided before the next append; the rest waits for the one after.</summary>
    private const int BatchMax = 256;

    private readonly Queue<Message> inbox = new();
    private Task pump = Task.CompletedTask;
    private Exception? broken;
    private long sureAt;

    /// <summary>The workflow as the journal has it.</summary>
    public WorkflowState State { get; private set; } = new(id);

    /// <summary>The events of the last append, so that whoever follows the workflow seldom has to read the journal.</summary>
    public ImmutableArray<JournalEntry> LastAppended { get; private set; } = [];

    public bool IsBroken => broken is not null;

    /// <summary>What broke the loop; null while it is whole.</summary>
    public Exception? BrokenBy => broken;

    /// <summary>Nothing is being decided, appended or waiting to be.</summary>
    public bool IsIdle => pump.IsCompleted;

    /// <summary>Reads the workflow back from the journal. What it owes is performed again by the caller, through <see cref="RunAsync"/>.</summary>
    public async Task ReplayAsync(CancellationToken cancellationToken)
    {
        var state = new WorkflowState(id);
        ImmutableArray<JournalEntry> page;
        do
        {
            page = await journal.ReadAsync(id, state.Version, ReadPage, cancellationToken);
            foreach (var entry in page)
            {
                state = WorkflowEvolution.Evolve(state, entry, policy);
            }
        }
        while (page.Length == ReadPage);

        State = state;
        LastAppended = page;
        sureAt = clock.GetTimestamp();
    }

    /// <summary>Makes sure that nobody else has written since, unless that was known within the given span. If somebody has, the loop is broken.</summary>
    /// <remarks>
    /// For readers and wakers. An activation that another has taken over from, while the two could not see each other, learns it from its next append;
    /// but reading and waking append nothing, so without this it could show an old state for ever.
    /// </remarks>
    public async Task ConfirmAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        if (IsBroken || !IsIdle || clock.GetElapsedTime(sureAt) < within)
        {
            return;
        }

        var held = State;
        var newer = await journal.ReadAsync(id, held.Version, limit: 1, cancellationToken);

        // An append of our own that has begun meanwhile tells by itself.
        if (IsBroken || !IsIdle || !ReferenceEquals(held, State))
        {
            return;
        }

        sureAt = clock.GetTimestamp();
        broken = newer.IsEmpty ? null : new WorkflowMovedException(id, held.Version, newer[0].Number);
    }

    /// <summary>Decides, remembers, does.</summary>
    /// <param name="request">For the message that starts the workflow: the caller's idempotency key.</param>
    /// <returns>When the task completes, what was decided is durable and its effects have begun.</returns>
    /// <exception cref="StorageUnavailableException">Whether it was kept is unknown.</exception>
    /// <exception cref="WorkflowMovedException">Somebody else has written to the workflow.</exception>
    public Task<Verdict> RunAsync(
        Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> decide, IdempotentRequest? request = null)
    {
        if (broken is not null)
        {
            return Task.FromException<Verdict>(broken);
        }

        var message = new Message(decide, request);
        inbox.Enqueue(message);
        if (pump.IsCompleted)
        {
            pump = PumpAsync();
        }

        return message.Verdict.Task;
    }

    private async Task PumpAsync()
    {
        while (inbox.Count > 0)
        {
            var batch = new List<Message>(Math.Min(inbox.Count, BatchMax));
            try
            {
                var tentative = State;
                var entries = ImmutableArray.CreateBuilder<JournalEntry>();
                var owed = ImmutableArray.CreateBuilder<WorkflowEffect>();
                while (batch.Count < BatchMax && inbox.TryDequeue(out var message))
                {
                    batch.Add(message);
                    tentative = Decide(message, tentative, entries, owed);
                }

                var seen = entries.Count == 0 ? null : await RememberAsync(tentative, entries.ToImmutable(), batch);
                if (seen is null)
                {
                    State = tentative;
                }

                Do(owed, batch, seen);
            }
            catch (Exception exception)
            {
                // Not caught in order to carry on: the loop ends here, and everybody who waits on it learns why.
                broken = exception;
                foreach (var message in batch.Concat(inbox))
                {
                    message.Verdict.TrySetException(exception);
                }

                inbox.Clear();
                return;
            }
        }
    }

    private WorkflowState Decide(
        Message message, WorkflowState state, ImmutableArray<JournalEntry>.Builder entries, ImmutableArray<WorkflowEffect>.Builder owed)
    {
        var now = clock.GetUtcNow();
        var decision = message.Decide(state, new DecisionContext(now, epoch.Current, policy));
        message.Refusal = decision.Refusal;
        foreach (var happened in decision.Events)
        {
            var entry = new JournalEntry(state.Version + 1, now, happened);
            entries.Add(entry);
            state = WorkflowEvolution.Evolve(state, entry, policy);
        }

        owed.AddRange(decision.Effects);
        return state;
    }

    private async Task<AppendOutcome.RequestSeen?> RememberAsync(WorkflowState next, ImmutableArray<JournalEntry> entries, List<Message> batch)
    {
        var append = new JournalAppend(
            id,
            State.Version,
            entries,
            WorkflowSummaries.Of(next, epoch.Current, policy),
            batch.Find(message => message.Request is not null)?.Request,
            DeadLetters.In(next, entries),
            WorkflowNews.In(next, entries, policy.TellsNews, policy.TellsSteps),
            Approvals.In(next, entries));
        switch (await journal.AppendAsync(append, CancellationToken.None))
        {
            case AppendOutcome.Appended:
                LastAppended = entries;
                sureAt = clock.GetTimestamp();
                return null;
            case AppendOutcome.RequestSeen seen:
                return seen;
            case AppendOutcome.Conflict conflict:
                throw new WorkflowMovedException(id, State.Version, conflict.Version);
            case var other:
                throw new InvalidOperationException($"The journal answered an append to workflow '{id}' with '{other}', which is no answer.");
        }
    }

    // From here on the events are kept. A caller may stop waiting; nobody can stop the effects.
    private void Do(ImmutableArray<WorkflowEffect>.Builder owed, List<Message> batch, AppendOutcome.RequestSeen? seen)
    {
        if (seen is null)
        {
            foreach (var effect in owed)
            {
                effects.Begin(effect);
            }
        }

        effects.Changed(State);
        foreach (var message in batch)
        {
            message.Verdict.TrySetResult(new Verdict(message.Refusal, seen));
        }
    }

    private sealed class Message(
        Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> decide, IdempotentRequest? request)
    {
        public Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> Decide { get; } = decide;

        public IdempotentRequest? Request { get; } = request;

        public TaskCompletionSource<Verdict> Verdict { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Refusal? Refusal { get; set; }
    }
}

/// <summary>What became of a message.</summary>
/// <param name="Refusal">Why it changed nothing, when it was refused.</param>
/// <param name="Seen">The workflow that the request's key had started before.</param>
public readonly record struct Verdict(Refusal? Refusal, AppendOutcome.RequestSeen? Seen);

/// <summary>Somebody else has written to the workflow: what this activation holds is old.</summary>
public sealed class WorkflowMovedException(WorkflowId workflow, long expected, long found)
    : Exception($"Workflow '{workflow}' was expected at event {expected} and found at {found}: another activation has written.");
