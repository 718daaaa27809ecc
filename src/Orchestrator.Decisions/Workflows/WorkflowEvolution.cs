using System.Collections.Immutable;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>Adds one event to what is remembered. Life and recovery both come through here, so replay cannot drift from life.</summary>
public static class WorkflowEvolution
{
    public static WorkflowState Evolve(WorkflowState state, JournalEntry entry, WorkflowPolicy policy)
    {
        if (entry.Number != state.Version + 1)
        {
            throw new InvalidOperationException($"Workflow '{state.Id}' expected event {state.Version + 1} and found {entry.Number}.");
        }

        var next = Apply(state, entry.Event, entry.At, entry.Number, policy);
        // An answer that came after the end is kept, and is the one thing that leaves even the clock of a finished workflow alone.
        var touched = state.IsFinal ? state.UpdatedAt : entry.At;
        next = next with { Version = entry.Number, UpdatedAt = touched };
        return next.IsFinal ? next : next with { Status = StatusOf(next) };
    }

    private static WorkflowState Apply(WorkflowState state, WorkflowEvent happened, DateTimeOffset at, long number, WorkflowPolicy policy) => happened switch
    {
        StepStarted e => Started(state, e, at, policy),
        StepCompleted e => Completed(state, e, at, number),
        WorkflowAccepted e => Accepted(state, e, at),
        WorkflowCompleted e => Ended(state, WorkflowStatus.Completed, at) with { Output = e.Output },
        WorkflowFailed e => Ended(state, WorkflowStatus.Failed, at) with { Failure = e.Failure },
        WorkflowTimedOut e => Ended(state, WorkflowStatus.TimedOut, at) with { Failure = e.Failure },
        WorkflowCancelled => Ended(state, WorkflowStatus.Cancelled, at),
        WorkflowPaused => state with { Paused = true },
        WorkflowResumed => state with { Paused = false },
        SignalReceived e => state with { Signals = state.Signals.Add(e), SignalIds = state.SignalIds.Add(e.SignalId) },
        CompensationStarted e => Undoing(state, e),
        ScopeStarted e => Opened(WithoutWaitBefore(state, e.Scope), e.Scope, PlanAt(state, e.Scope), e.Input, FailureBefore(state, e.Scope), at),
        ScopeSettled e => Settled(state, e),
        StepRepeated e => Update(state, e.Step, step => step with
        {
            Epoch = e.Epoch,
            Crashes = e.Crashes,
            Interrupted = true,
            Status = StepStatus.Running,
            Wait = null,
            Due = at + PatienceWith(step, policy),
        }),
        StepWaiting { Wait.Kind: WaitKind.Approval } e => Approving(
            state, e.Step, (step, _) => (step with { Wait = e.Wait, Status = StepStatus.Waiting }, new ApprovalState(e.Wait.On, e.Wait.Since, e.Wait.Until))),
        StepWaiting e => Update(state, e.Step, step => step with
        {
            Wait = e.Wait,
            Status = e.Wait.Kind == WaitKind.Capacity ? StepStatus.Queued : StepStatus.Waiting,
            Due = step.CallOut ? null : e.Wait.Until,
        }),
        StepWaitEnded e => Update(state, e.Step, step => step with { Wait = null, Status = StepStatus.Running, Due = at + PatienceWith(step, policy) }),
        AttemptDeferred e => Update(state, e.Step, step => step with
        {
            CallOut = false,
            Status = StepStatus.Running,
            Wait = new Wait(WaitKind.Completion, e.Agent, at, null, e.Until),
            Due = e.Until,
            Deferral = new Deferral(e.Agent, at, e.Until),
        }),
        HeartbeatReceived e => Update(state, e.Step, step => step with
        {
            Wait = step.Wait! with { Until = e.Until },
            Due = e.Until,
            Deferral = step.Deferral! with { Until = e.Until, HeardAt = at, Progress = e.Progress ?? step.Deferral.Progress, Note = e.Note ?? step.Deferral.Note },
        }),
        ItemsExpanded e => Expanded(state, e, at),
        AttemptFailed e => Update(state, e.Step, step => step with
        {
            CallOut = false,
            Wait = null,
            Due = null,
            Status = StepStatus.Running,
            Deferral = null,
            Failure = e.Failure,
            Usage = CallUsage.Sum(step.Usage, e.Usage),
            Completions = CompletionsWith(step, e.Completion),
        }),
        RetryScheduled e => Update(state, e.Step, step => step with
        {
            Status = StepStatus.Retrying,
            Due = e.Due,
            Wait = new Wait(WaitKind.Retry, step.Definition.AgentId ?? step.Definition.Action ?? step.Path.Value, at, null, e.Due),
        }),
        StepRetriedByHand e => Update(state, e.Step, step => step with
        {
            Generation = e.Generation,
            Attempt = 0,
            Crashes = 0,
            Status = StepStatus.Running,
            Wait = null,
            Due = null,
        }),
        ApprovalVoted e => Approving(state, e.Step, (step, asked) => (step, asked.With(new ApprovalVote(e.By, e.Approved, e.Reason, at, e.Claimed)))),
        ApprovalDecided e => Approving(state, e.Step, (step, asked) =>
            (step, asked.With(new ApprovalVote(e.By, e.Approved, e.Reason, at, e.Claimed)) with { Decided = e.Approved, EndedAt = at })),
        ApprovalEscalated e => Approving(state, e.Step, (step, asked) =>
            (step with { Wait = step.Wait! with { Until = e.Until } }, asked with { EscalatedAt = at, Until = e.Until })),
        ApprovalExpired e => Approving(state, e.Step, (step, asked) =>
            (step, asked with { Expired = true, EndedAt = at, Decided = e.Then switch { OnExpiry.Approve => true, OnExpiry.Reject => false, _ => null } })),
        StepFailed e => Final(state, e.Step, at, step => step with { Status = StepStatus.Failed, Failure = e.Failure }),
        StepTimedOut e => Final(state, e.Step, at, step => step with { Status = StepStatus.TimedOut, Failure = e.Failure }),
        StepSkipped e => Final(state, e.Step, at, step => step with { Status = StepStatus.Skipped }),
        StepCancelled e => Final(state, e.Step, at, step => step with { Status = StepStatus.Cancelled }),
        StepCompensated e => Update(state, e.Step, step => step with { Status = StepStatus.Compensated }),
        LateAnswerKept e => Update(state, e.Step, step => step with { Late = step.Late.Add((e.Generation, e.Attempt)) }),
        _ => throw new InvalidOperationException($"Workflow '{state.Id}' has an event of a kind this version does not know: {happened.GetType().Name}."),
    };

    private static WorkflowStatus StatusOf(WorkflowState state) => state switch
    {
        { Undoing: > 0 } => WorkflowStatus.Compensating,
        { Paused: true } => WorkflowStatus.Paused,
        _ when state.CallsOut > state.CallsHeld || state.CallsDeferred > 0 => WorkflowStatus.Running,
        _ when !state.Waits.IsEmpty => WorkflowStatus.Waiting,
        { Status: WorkflowStatus.Queued } => WorkflowStatus.Queued,
        _ => WorkflowStatus.Running,
    };

    private static WorkflowState Accepted(WorkflowState state, WorkflowAccepted e, DateTimeOffset at)
    {
        var reusable = e.Origin is { Reused.IsDefaultOrEmpty: false } origin
            ? origin.Reused.ToImmutableDictionary(reused => reused.Step, reused => reused.Output)
            : state.Reusable;
        return Opened(state with { Status = WorkflowStatus.Queued, Accepted = e, CreatedAt = at, Reusable = reusable }, StepPath.Root, e.Plan, e.Input, failure: null, at);
    }

    private static WorkflowState Opened(WorkflowState state, StepPath path, Plan plan, Payload input, StepFailure? failure, DateTimeOffset at)
    {
        var graph = new PlanGraph(plan);
        var steps = state.Steps.ToBuilder();
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            var stepPath = path.Child(plan.Steps[i].Id);
            steps.Add(stepPath, new StepState(stepPath, path, plan.Steps[i]) { Missing = graph.Dependencies[i].Length });
        }

        var deadline = plan.Timeout is { } timeout ? at + timeout : (DateTimeOffset?)null;
        var scope = new ScopeState(path, graph, input, failure) { Unsettled = plan.Steps.Length, Deadline = deadline };
        return state with
        {
            Steps = steps.ToImmutable(),
            Scopes = state.Scopes.Add(path, scope),
            Dues = deadline is { } due ? state.Dues.Add(new DueMoment(due, path, OfScope: true)) : state.Dues,
            StepsKnown = state.StepsKnown + plan.Steps.Length,
        };
    }

    // What a step waited for can no longer decide it once something else runs in its place.
    private static WorkflowState WithoutWaitBefore(WorkflowState state, StepPath scope) => scope.Name == StepPath.StepFallback
        ? Update(state, scope.Parent, step => step with { Wait = null, Due = null, Status = StepStatus.Running })
        : state;

    private static WorkflowState Started(WorkflowState state, StepStarted e, DateTimeOffset at, WorkflowPolicy policy)
    {
        if (!state.Steps.ContainsKey(e.Step))
        {
            state = state with { Steps = state.Steps.Add(e.Step, UndoingOf(state, e.Step)) };
        }

        var begun = state.Step(e.Step);
        if (begun is { Status: StepStatus.Pending, Item: { } item })
        {
            state = Update(state, item.Of, step => step with { FanOut = step.FanOut! with { Begun = step.FanOut.Begun + 1 } });
        }

        return Update(state, e.Step, step =>
        {
            var calls = step.Definition.Kind == StepKind.Call;
            return step with
            {
                Status = StepStatus.Running,
                Attempt = e.Attempt,
                Generation = e.Generation,
                Epoch = e.Epoch,
                Crashes = 0,
                Interrupted = false,
                CallOut = calls,
                Wait = null,
                Due = calls ? at + PatienceWith(step, policy) : null,
                StartedAt = step.StartedAt ?? at,
            };
        });
    }

    private static WorkflowState Expanded(WorkflowState state, ItemsExpanded e, DateTimeOffset at)
    {
        var fanOut = state.Step(e.Step);
        var steps = state.Steps.ToBuilder();
        var definition = fanOut.Definition with { ForEach = null };
        for (var i = 0; i < e.Items.Length; i++)
        {
            var path = e.Step.Item(i);
            steps.Add(path, new StepState(path, fanOut.Scope, definition) { Item = new ItemState(e.Step, i, e.Items[i]) });
        }

        var expanded = state with { Steps = steps.ToImmutable(), StepsKnown = state.StepsKnown + e.Items.Length };
        return Update(expanded, e.Step, step => step with
        {
            Status = StepStatus.Running,
            StartedAt = at,
            FanOut = new FanOutState(e.Items.Length, 0, 0),
        });
    }

    private static WorkflowState Final(WorkflowState state, StepPath path, DateTimeOffset at, Func<StepState, StepState> change)
    {
        var before = state.Step(path);
        var next = Update(state, path, step => change(step) with { CallOut = false, Deferral = null, Wait = null, Due = null, FinishedAt = at });
        if (before.Undoes is not null)
        {
            return next;
        }

        next = next with { StepsFinal = next.StepsFinal + 1 };
        next = before.FanOut is { } items ? WithoutOpenItems(next, path, items) : next;
        if (before.Item is { } item)
        {
            return Update(next, item.Of, fanOut => fanOut with
            {
                FanOut = fanOut.FanOut! with
                {
                    Final = fanOut.FanOut.Final + 1,
                    Begun = fanOut.FanOut.Begun + (before.Status == StepStatus.Pending ? 1 : 0),
                },
            });
        }

        var scope = next.Scope(before.Scope);
        var steps = next.Steps.ToBuilder();
        foreach (var dependent in scope.Graph.DependentsOf(before.Definition.Id))
        {
            var dependentPath = scope.Path.Child(scope.Graph.Plan.Steps[dependent].Id);
            var waiting = steps[dependentPath];
            steps[dependentPath] = waiting with { Missing = waiting.Missing - 1 };
        }

        return next with
        {
            Steps = steps.ToImmutable(),
            Scopes = next.Scopes.SetItem(scope.Path, scope with { Unsettled = scope.Unsettled - 1 }),
        };
    }

    private static WorkflowState Completed(WorkflowState state, StepCompleted e, DateTimeOffset at, long number)
    {
        var next = Final(state, e.Step, at, step => step with
        {
            Status = StepStatus.Completed,
            Output = e.Output,
            Failure = null,
            CompletedNumber = number,
            Reused = e.Attempt == 0,
            Usage = CallUsage.Sum(step.Usage, e.Usage),
            Completions = CompletionsWith(step, e.Completion),
        });
        return state.Step(e.Step).Definition is { Kind: StepKind.Signal, Signal: { } signal } ? Consumed(next, signal) : next;
    }

    // Items that had begun are cancelled by events of their own; the rest never begins.
    private static WorkflowState WithoutOpenItems(WorkflowState state, StepPath fanOut, FanOutState items)
    {
        var steps = state.Steps.ToBuilder();
        for (var i = items.Begun; i < items.Count; i++)
        {
            var item = steps[fanOut.Item(i)];
            steps[item.Path] = item with { Status = StepStatus.Cancelled };
        }

        return state with { Steps = steps.ToImmutable(), StepsFinal = state.StepsFinal + items.Count - items.Begun };
    }

    // Undoing has no deadline: a plan that ran out of time while it undid would leave half of it done.
    private static WorkflowState Undoing(WorkflowState state, CompensationStarted e)
    {
        var scope = state.Scope(e.Scope);
        state = WithoutPlansInside(state, scope);
        return state with
        {
            Undoing = state.Undoing + 1,
            Dues = scope.Deadline is { } due ? state.Dues.Remove(new DueMoment(due, scope.Path, OfScope: true)) : state.Dues,
            Scopes = state.Scopes.SetItem(e.Scope, scope with { UndoingAfter = e.Failure, Deadline = null }),
        };
    }

    private static WorkflowState Settled(WorkflowState state, ScopeSettled e)
    {
        var scope = state.Scope(e.Scope);
        if (e.Outcome != StepStatus.Completed)
        {
            state = Abandoned(state, scope);
            scope = state.Scope(e.Scope);
        }

        return Closed(state, scope with { Failure = e.Failure }, e.Outcome);
    }

    private static WorkflowState Closed(WorkflowState state, ScopeState scope, StepStatus outcome) => state with
    {
        Scopes = state.Scopes.SetItem(scope.Path, scope with { Outcome = outcome, UndoingAfter = null }),
        Undoing = scope.UndoingAfter is null ? state.Undoing : state.Undoing - 1,
        Dues = scope.Deadline is { } due ? state.Dues.Remove(new DueMoment(due, scope.Path, OfScope: true)) : state.Dues,
    };

    // A plan that is over leaves nothing open: what had begun was cancelled by events of its own, what had not begun never will.
    private static WorkflowState Abandoned(WorkflowState state, ScopeState scope)
    {
        state = WithoutPlansInside(state, scope);
        var steps = state.Steps.ToBuilder();
        var abandoned = 0;
        foreach (var step in state.Steps.Values.Where(step => !step.IsFinal && scope.Holds(step.Path)))
        {
            steps[step.Path] = step with { Status = StepStatus.Cancelled };
            abandoned++;
        }

        return abandoned == 0 ? state : state with { Steps = steps.ToImmutable(), StepsFinal = state.StepsFinal + abandoned };
    }

    // A plan inside one that undoes or ends is over too: neither its deadline nor its own undoing counts any more.
    private static WorkflowState WithoutPlansInside(WorkflowState state, ScopeState scope)
    {
        foreach (var inner in state.Scopes.Values.Where(inner => inner.IsOpen && inner.Path != scope.Path && scope.Holds(inner.Path)))
        {
            state = Closed(state, inner, StepStatus.Cancelled);
        }

        return state;
    }

    private static WorkflowState Ended(WorkflowState state, WorkflowStatus status, DateTimeOffset at)
    {
        var root = state.Scope(StepPath.Root);
        var ended = status == WorkflowStatus.Completed ? state : Abandoned(state, root);
        return ended with
        {
            Status = status,
            FinishedAt = at,
            Dues = ended.Dues.Clear(),
            Waits = WorkflowState.NoWaits,
            Signals = [],
            Undoing = 0,
        };
    }

    // The one place where a step's row changes, so that everything kept about all steps together changes with it.
    private static WorkflowState Update(WorkflowState state, StepPath path, Func<StepState, StepState> change)
    {
        var before = state.Step(path);
        var after = change(before);
        var dues = state.Dues;
        if (before.Due != after.Due)
        {
            dues = before.Due is { } old ? dues.Remove(new DueMoment(old, path, OfScope: false)) : dues;
            dues = after.Due is { } due ? dues.Add(new DueMoment(due, path, OfScope: false)) : dues;
        }

        var waits = state.Waits;
        if (!ReferenceEquals(before.Wait, after.Wait))
        {
            waits = after.Wait is { } wait ? waits.SetItem(path.Value, wait) : waits.Remove(path.Value);
        }

        return state with
        {
            Steps = state.Steps.SetItem(path, after),
            Dues = dues,
            Waits = waits,
            CallsOut = state.CallsOut + (after.CallOut ? 1 : 0) - (before.CallOut ? 1 : 0),
            CallsDeferred = state.CallsDeferred + (after.Deferral is null ? 0 : 1) - (before.Deferral is null ? 0 : 1),
            CallsHeld = state.CallsHeld + (Held(after) ? 1 : 0) - (Held(before) ? 1 : 0),
        };
    }

    private static ImmutableArray<(int Generation, int Attempt, string Fingerprint)> CompletionsWith(StepState step, string? fingerprint) =>
        fingerprint is null ? step.Completions : step.Completions.Add((step.Generation, step.Attempt, fingerprint));

    // Whatever changes a question changes when time moves it.
    private static WorkflowState Approving(WorkflowState state, StepPath path, Func<StepState, ApprovalState, (StepState Step, ApprovalState Approval)> change) =>
        Update(state, path, before =>
        {
            var (step, approval) = change(before, before.Approval ?? new ApprovalState("", DateTimeOffset.MinValue, Until: null));
            return step with { Approval = approval, Due = step.Definition.Approval is { } asked ? ApprovalRules.DueOf(asked, approval) : null };
        });

    private static bool Held(StepState step) => step is { CallOut: true, Wait: not null };

    private static WorkflowState Consumed(WorkflowState state, string name)
    {
        var oldest = state.Signals.FindIndex(signal => signal.Name == name);
        return oldest < 0 ? state : state with { Signals = state.Signals.RemoveAt(oldest) };
    }

    private static TimeSpan PatienceWith(StepState step, WorkflowPolicy policy) => (step.Definition.Timeout ?? policy.StepTimeout) + policy.ReportGrace;

    private static StepState UndoingOf(WorkflowState state, StepPath path)
    {
        var undone = state.Step(path.Parent);
        var compensation = undone.Definition.Compensate
            ?? throw new InvalidOperationException($"Step '{undone.Path}' is undone, but its plan does not say how.");
        var definition = new Step(StepPath.Compensation, compensation.AgentId, compensation.Action, compensation.Input, Retry: compensation.Retry);
        return new StepState(path, undone.Scope, definition) { Undoes = undone.Path };
    }

    private static Plan PlanAt(WorkflowState state, StepPath path)
    {
        var parent = path.Parent;
        return path.Name switch
        {
            StepPath.Fallback => state.Scope(parent).Graph.Plan.FallbackPlan,
            StepPath.StepFallback => InsteadOf(state.Step(parent).Definition),
            _ => state.Step(path).Definition.SubPlan,
        } ?? throw new InvalidOperationException($"A plan begins at '{path}', but the plan around it has none there.");
    }

    private static Plan InsteadOf(Step step) =>
        step.Fallback?.Plan
        ?? new Plan(step.Id, [new Step(step.Id, step.Fallback?.AgentId, step.Fallback?.Action ?? step.Action, Payload.From("${{ input }}"), Retry: step.Retry, Timeout: step.Timeout)]);

    private static StepFailure? FailureBefore(WorkflowState state, StepPath path)
    {
        var parent = path.Parent;
        return path.Name switch
        {
            StepPath.Fallback => state.Scope(parent).Failure,
            StepPath.StepFallback => state.Step(parent).Failure,
            _ => null,
        };
    }
}
