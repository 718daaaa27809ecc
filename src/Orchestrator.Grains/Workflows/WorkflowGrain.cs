using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;
using Orchestrator.Grains.Blobs;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Workflows;

/// <summary>The shell of one workflow: identity, activation, waking, watchers. What it does is decided by <see cref="WorkflowDecisions"/> and ordered by <see cref="DecisionLoop"/>.</summary>
[Reentrant, CollectionAgeLimit(Minutes = 1)]
public sealed partial class WorkflowGrain(
    IWorkflowJournal journal,
    IProcessEpoch epoch,
    TimeProvider clock,
    WorkflowPolicy policy,
    IOptions<WorkflowGrainOptions> options,
    IBlobStore blobs,
    IOptions<BlobOptions> blobOptions,
    ILogger<WorkflowGrain> logger) : Grain, IWorkflowGrain, IWorkflowEffects
{
    /// <summary>How often a message is decided anew after another activation has written in between.</summary>
    private const int MovesMax = 3;

    /// <summary>How often a message that finds the workflow broken by others has it read, before it fails.</summary>
    private const int ReadsMax = 16;

    /// <summary>What somebody was told stands in the next answer of any activation after this time at the latest.</summary>
    private static readonly TimeSpan SureFor = TimeSpan.FromSeconds(1);

    private readonly BlobGate gate = new(blobs, blobOptions.Value);
    private DecisionLoop? loop;
    private Task? ready;

    private WorkflowId Id => new(this.GetPrimaryKeyString());

    private WorkflowState State => loop!.State;

    public async Task<StartReply> StartAsync(StartWorkflow request, CancellationToken cancellationToken = default)
    {
        var accepted = Accepted(request);
        var key = request.IdempotencyKey is { } given ? new IdempotentRequest(given, request.Fingerprint) : null;
        var known = true;
        var (verdict, refusal) = await TryDecideAsync(
            (state, context) =>
            {
                known = state.Exists;
                return WorkflowDecisions.Accept(state, accepted, context);
            },
            key,
            unread: true,
            admit: () => gate.AdmitAsync(Id, request));
        if (refusal is not null || verdict.Seen is null)
        {
            return new StartReply(Id, refusal is null ? State.CreatedAt : clock.GetUtcNow(), Replayed: known && refusal is null, refusal);
        }

        RestIfQuiet();
        return verdict.Seen.Fingerprint == request.Fingerprint
            ? new StartReply(verdict.Seen.Workflow, clock.GetUtcNow(), Replayed: true)
            : new StartReply(verdict.Seen.Workflow, clock.GetUtcNow(), Replayed: false, new Refusal(
                RefusalCodes.KeyReused, $"The idempotency key has started workflow '{verdict.Seen.Workflow}' with another request."));
    }

    public async Task<StartReply> SignalWithStartAsync(StartWorkflow request, SendSignal signal, CancellationToken cancellationToken = default)
    {
        var (accepted, received) = (Accepted(request), new SignalReceived(signal.SignalId, signal.Name, signal.Content));
        var known = false;
        var (_, refusal) = await TryDecideAsync(
            (state, context) =>
            {
                known = state.SignalIds.Contains(signal.SignalId);
                return WorkflowDecisions.SignalWithStart(state, accepted, received, context);
            },
            unread: true,
            admit: async () => await gate.AdmitAsync(Id, request) ?? await gate.AdmitAsync(Id, "signal", signal.Content));
        return new StartReply(Id, refusal is null ? State.CreatedAt : clock.GetUtcNow(), Replayed: known && refusal is null, refusal);
    }

    private WorkflowAccepted Accepted(StartWorkflow request) => new(
        request.Plan, request.Input, request.Priority, request.Tags, request.Origin, request.PlanName, request.PlanVersion,
        request.CallbackUrl, request.TraceParent ?? WorkflowTracing.ParentOf(Id), request.Fingerprint);

    public async Task<WorkflowView?> GetAsync(CancellationToken cancellationToken = default)
    {
        await CurrentAsync(cancellationToken);
        return WorkflowViews.Of(State);
    }

    public Task<CommandReply> CancelAsync(CommandContext context, CancellationToken cancellationToken = default) =>
        CommandAsync((state, decision) => WorkflowDecisions.Cancel(state, context.By, context.Reason, decision));

    public Task<CommandReply> PauseAsync(CommandContext context, CancellationToken cancellationToken = default) =>
        CommandAsync((state, decision) => WorkflowDecisions.Pause(state, context.By, context.Reason, decision));

    public Task<CommandReply> ResumeAsync(CommandContext context, CancellationToken cancellationToken = default) =>
        CommandAsync((state, decision) => WorkflowDecisions.Resume(state, context.By, decision));

    public Task<CommandReply> RetryAsync(RetrySteps request, CancellationToken cancellationToken = default) =>
        CommandAsync((state, decision) => WorkflowDecisions.RetryResting(state, request.Steps, request.Context.By, decision));

    public Task<CommandReply> SignalAsync(SendSignal signal, CancellationToken cancellationToken = default) =>
        CommandAsync(
            (state, decision) => WorkflowDecisions.Signal(state, new SignalReceived(signal.SignalId, signal.Name, signal.Content), decision),
            admit: () => gate.AdmitAsync(Id, "signal", signal.Content));

    public Task<CommandReply> DecideApprovalAsync(DecideApproval decision, CancellationToken cancellationToken = default) =>
        CommandAsync((state, context) => WorkflowDecisions.DecideApproval(state, decision.Step, decision.Approved, decision.By, decision.Reason, context, decision.Claimed));

    public async Task<SuccessorReply> PlanSuccessorAsync(SuccessorRequest request, CancellationToken cancellationToken = default)
    {
        await CurrentAsync(cancellationToken);
        var (accepted, refusal) = request.Kind switch
        {
            OriginKind.Rerun => Successors.Rerun(State, request.Input),
            OriginKind.Retry => Successors.Retry(State),
            OriginKind.Fork => Successors.Fork(State, request.FromStep ?? "", request.Input, request.StepInput),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "No workflow goes on in this way."),
        };
        return accepted is null
            ? new SuccessorReply(null, refusal)
            : new SuccessorReply(new StartWorkflow(
                accepted.Plan, accepted.Input, accepted.Priority, accepted.Tags, Fingerprint: "", Origin: accepted.Origin,
                PlanName: accepted.PlanName, PlanVersion: accepted.PlanVersion, CallbackUrl: accepted.CallbackUrl, TraceParent: accepted.TraceParent));
    }

    public async Task<Explanation?> ExplainAsync(CancellationToken cancellationToken = default)
    {
        await CurrentAsync(cancellationToken);
        return Explanations.Of(State, clock.GetUtcNow());
    }

    public async Task WakeAsync(CancellationToken cancellationToken = default)
    {
        await CurrentAsync(cancellationToken);
        await DecideAsync(Inherit);
        await DecideAsync(WorkflowDecisions.Wake);
        RestIfQuiet();
    }

    public async Task ReportAsync(StepReport report, CancellationToken cancellationToken = default)
    {
        if (report is AttemptCompleted answered && await gate.AdmitAsync(Id, "answer", answered.Output) is { } refusal)
        {
            report = new AttemptDidFail(answered.Step, answered.Generation, answered.Attempt, new StepFailure(refusal.Code, refusal.Message, Retryable: false), answered.Usage);
        }

        await DecideAsync((state, context) => Decide(report, state, context));
    }

    private static Decision<WorkflowEvent, WorkflowEffect> Decide(StepReport report, WorkflowState state, DecisionContext context) => report switch
    {
        AttemptCompleted done => WorkflowDecisions.CompleteAttempt(state, done.Step, done.Generation, done.Attempt, done.Output, context, done.Usage),
        AttemptDidFail failed => WorkflowDecisions.FailAttempt(state, failed.Step, failed.Generation, failed.Attempt, failed.Failure, context, failed.Usage),
        AttemptWaits waits => WorkflowDecisions.HoldAttempt(state, waits.Step, waits.Generation, waits.Attempt, waits.Wait, context),
        AttemptProceeds goes => WorkflowDecisions.ProceedWithAttempt(state, goes.Step, goes.Generation, goes.Attempt, context),
        AttemptTakenOn taken => WorkflowDecisions.DeferAttempt(state, taken.Step, taken.Generation, taken.Attempt, taken.Agent, taken.Until, context),
        _ => throw new ArgumentException($"A report of the kind '{report.GetType().Name}' is unknown here.", nameof(report)),
    };

    public async Task<bool> WantsAsync(StepPath step, int generation, int attempt, long epoch, CancellationToken cancellationToken = default)
    {
        await CurrentAsync(cancellationToken);
        var wants = WorkflowDecisions.Wants(State, step, generation, attempt, epoch);
        RestIfQuiet();
        return wants;
    }

    private async Task<CommandReply> CommandAsync(
        Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> decide, Func<ValueTask<Refusal?>>? admit = null)
    {
        var (_, refusal) = await TryDecideAsync(decide, admit: admit);
        return new CommandReply(loop is null ? WorkflowStatus.None : State.Status, loop?.State.Version ?? 0, refusal);
    }

    /// <summary>As <see cref="DecideAsync"/>, for callers who want a store that is away as an answer.</summary>
    /// <param name="admit">What has to let the message's payloads in before they are decided on.</param>
    private async Task<(Verdict Verdict, Refusal? Refusal)> TryDecideAsync(
        Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> decide,
        IdempotentRequest? request = null,
        bool unread = false,
        Func<ValueTask<Refusal?>>? admit = null)
    {
        try
        {
            if (admit is not null && await admit() is { } barred)
            {
                return (default, barred);
            }

            var verdict = await DecideAsync(decide, request, unread);
            return (verdict, verdict.Refusal);
        }
        catch (StorageUnavailableException exception)
        {
            LogStorageUnavailable(exception, Id);
            return (default, new Refusal(exception.Full ? RefusalCodes.StorageFull : RefusalCodes.StorageUnavailable, exception.Message, StorageRetryAfter));
        }
    }

    private async Task<Verdict> DecideAsync(
        Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> decide, IdempotentRequest? request = null, bool unread = false)
    {
        for (var moves = 0; ; moves++)
        {
            try
            {
                if (unread && ready is null)
                {
                    return await DecideUnreadAsync(decide, request);
                }

                await ReadyAsync();
                return await loop!.RunAsync(decide, request);
            }
            catch (WorkflowMovedException moved) when (moves < MovesMax)
            {
                LogMoved(moved, Id);
            }
        }
    }

    // Almost every start is the first message its workflow ever sees. It is decided without reading a journal that would be empty; if it was not
    // empty, the append says so and the message is decided again on what is there. Other messages wait until that is known.
    private async Task<Verdict> DecideUnreadAsync(
        Func<WorkflowState, DecisionContext, Decision<WorkflowEvent, WorkflowEffect>> decide, IdempotentRequest? request)
    {
        var known = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop = NewLoop();
        ready = known.Task;
        try
        {
            return await loop.RunAsync(decide, request);
        }
        finally
        {
            known.SetResult();
        }
    }

    /// <summary>Completes when what is held here is what the journal had at most <see cref="SureFor"/> ago.</summary>
    private async Task CurrentAsync(CancellationToken cancellationToken)
    {
        await ReadyAsync();
        if (!State.IsFinal)
        {
            await loop!.ConfirmAsync(SureFor, cancellationToken);
            await ReadyAsync();
        }
    }

    /// <summary>Completes when what is held here is what the journal had; fails as what broke it did when it is broken each time before it can be used.</summary>
    private async Task ReadyAsync()
    {
        for (var read = 0; read < ReadsMax; read++)
        {
            // Whatever broke the loop, what it holds may be wrong. The next message reads the journal first.
            ready = loop is { IsBroken: true } ? null : ready;
            var reading = ready ??= ReplayAsync();
            try
            {
                await reading;
            }
            catch (Exception)
            {
                ready = ReferenceEquals(ready, reading) ? null : ready;
                throw;
            }

            if (ReferenceEquals(ready, reading) && loop is { IsBroken: false })
            {
                return;
            }
        }

        throw new InvalidOperationException($"Workflow '{Id}' was read {ReadsMax} times, and was never what the journal had by the time it could be used.", loop?.BrokenBy);
    }

    private async Task ReplayAsync()
    {
        loop = NewLoop();
        await loop.ReplayAsync(CancellationToken.None);
        observed = State.Version;
        if (State is { Exists: true, IsFinal: false })
        {
            // What this activation's predecessor owed is performed again, and what came due while nobody looked falls now.
            await loop.RunAsync((state, context) => WorkflowDecisions.TakeOver(state, context, epoch.FateOf));
            await loop.RunAsync(WorkflowDecisions.Wake);
        }
    }

    // That a process has ended may become known after its workflow has found a new home here.
    private Decision<WorkflowEvent, WorkflowEffect> Inherit(WorkflowState state, DecisionContext context) =>
        WorkflowDecisions.Inherit(state, context, epoch.FateOf);

    private static readonly TimeSpan StorageRetryAfter = TimeSpan.FromSeconds(2);

    private DecisionLoop NewLoop() => new(Id, journal, this, epoch, clock, policy);
}
