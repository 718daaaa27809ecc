using System.Collections.Immutable;
using Orchestrator.Decisions.Plans;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>Everything a workflow may decide. Pure: the same arguments give the same answer, on any machine, on any day.</summary>
public static partial class WorkflowDecisions
{
    /// <summary>Takes a workflow on and begins it.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> Accept(WorkflowState state, WorkflowAccepted request, DecisionContext context)
    {
        if (state.Accepted is { } accepted)
        {
            return accepted.Fingerprint == request.Fingerprint
                ? Nothing
                : Refused(RefusalCodes.Exists, $"Workflow '{state.Id}' exists and was started by another request.");
        }

        return TakeOn(state, request, signal: null, context);
    }

    /// <summary>Takes a message in, and the workflow on where there is none yet: both or neither.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> SignalWithStart(WorkflowState state, WorkflowAccepted request, SignalReceived signal, DecisionContext context) =>
        state.Exists ? Signal(state, signal, context) : TakeOn(state, request, signal, context);

    private static Decision<WorkflowEvent, WorkflowEffect> TakeOn(WorkflowState state, WorkflowAccepted request, SignalReceived? signal, DecisionContext context)
    {
        var input = PlanInputs.Complete(request.Plan, request.Input);
        if (input.Problem is { } problem)
        {
            return Refused(RefusalCodes.BadInput, problem);
        }

        var progression = new Progression(state, context);
        progression.Happened(request with { Input = input.Input });
        if (signal is not null)
        {
            progression.Happened(signal);
        }

        progression.BeginScope(StepPath.Root);
        return progression.Conclude();
    }

    /// <summary>Answers an agent's output.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> CompleteAttempt(
        WorkflowState state, StepPath path, int generation, int attempt, Payload output, DecisionContext context, CallUsage? usage = null)
    {
        if (!state.Steps.TryGetValue(path, out var step))
        {
            return Nothing;
        }

        var progression = new Progression(state, context);
        if (step.Awaits(generation, attempt))
        {
            progression.Happened(new StepCompleted(path, attempt, output, usage));
            progression.AfterFinal(path);
            return progression.Conclude();
        }

        // The attempt was given up, and its answer came all the same. A person may want to see it; the workflow has moved on.
        // The attempt that won says the same again when its report is sent twice, and that is an echo.
        var echo = step is { Status: StepStatus.Completed or StepStatus.Compensated } && step.Generation == generation && step.Attempt == attempt;
        if (!echo && Began(step, generation, attempt) && !step.Late.Contains((generation, attempt)))
        {
            progression.Happened(new LateAnswerKept(path, attempt, output, generation));
        }

        return progression.Conclude();
    }

    /// <summary>Answers a report that an attempt failed.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> FailAttempt(
        WorkflowState state, StepPath path, int generation, int attempt, StepFailure failure, DecisionContext context, CallUsage? usage = null)
    {
        // Reports arrive at least once, and a slow agent may report after its attempt was given up. Only the attempt in flight may change the workflow.
        if (!state.Steps.TryGetValue(path, out var step) || !step.Owes(generation, attempt))
        {
            return Nothing;
        }

        var progression = new Progression(state, context);
        progression.FailAttempt(path, failure, usage);
        return progression.Conclude();
    }

    /// <summary>Records what holds an attempt up.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> HoldAttempt(
        WorkflowState state, StepPath path, int generation, int attempt, Wait wait, DecisionContext context)
    {
        if (!state.Steps.TryGetValue(path, out var step) || !step.Owes(generation, attempt) || (step.Wait?.Kind == wait.Kind && step.Wait.On == wait.On))
        {
            return Nothing;
        }

        var progression = new Progression(state, context);
        progression.Happened(new StepWaiting(path, wait));
        return progression.Conclude();
    }

    /// <summary>Records that nothing holds an attempt up any more.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> ProceedWithAttempt(
        WorkflowState state, StepPath path, int generation, int attempt, DecisionContext context)
    {
        if (!state.Steps.TryGetValue(path, out var step) || !step.Owes(generation, attempt) || step.Wait is null)
        {
            return Nothing;
        }

        var progression = new Progression(state, context);
        progression.Happened(new StepWaitEnded(path));
        return progression.Conclude();
    }

    /// <summary>Does what time has made due.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> Wake(WorkflowState state, DecisionContext context)
    {
        var progression = new Progression(state, context);
        foreach (var due in state.Dues.TakeWhile(due => due.At <= context.Now))
        {
            // Each of these may settle things that the next ones were about.
            if (!progression.State.IsFinal && progression.State.Dues.Contains(due))
            {
                progression.Fall(due);
            }
        }

        return progression.Conclude();
    }

    /// <summary>
    /// Takes over from an activation that is gone: what it owed is asked for again. What a process owed that has ended too is made again under the same
    /// number and key, and that is written down, so that the former owner finds another version.
    /// </summary>
    /// <param name="fateOf">What has become of a process start. A workflow that moved between living processes, or from one that left in good order, has seen no crash.</param>
    public static Decision<WorkflowEvent, WorkflowEffect> TakeOver(WorkflowState state, DecisionContext context, Func<long, ProcessFate> fateOf) =>
        Inherit(state, context, fateOf, remind: true);

    /// <summary>As <see cref="TakeOver(WorkflowState, DecisionContext, Func{long, ProcessFate})"/>, for an activation that has been there all along: only what an ended process owed is asked for again.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> Inherit(WorkflowState state, DecisionContext context, Func<long, ProcessFate> fateOf) =>
        Inherit(state, context, fateOf, remind: false);

    /// <summary>Takes over where there is one process at a time, and each before the present one died.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> TakeOver(WorkflowState state, DecisionContext context) =>
        TakeOver(state, context, epoch => epoch == context.Epoch ? ProcessFate.Running : ProcessFate.Lost);

    private static Decision<WorkflowEvent, WorkflowEffect> Inherit(WorkflowState state, DecisionContext context, Func<long, ProcessFate> fateOf, bool remind)
    {
        var progression = new Progression(state, context);
        foreach (var step in CallsOutOf(state))
        {
            // An interrupted attempt that is given up may take others with it.
            if (!progression.State.Steps[step.Path].CallOut)
            {
                continue;
            }

            var fate = step.Epoch == context.Epoch ? ProcessFate.Running : fateOf(step.Epoch);
            if (fate is ProcessFate.Left or ProcessFate.Lost)
            {
                progression.RepeatInterrupted(step, crashed: fate == ProcessFate.Lost);
            }
            else if (remind)
            {
                progression.Remind(step);
            }
        }

        return progression.Conclude();
    }

    /// <summary>Asks for every attempt that is owed once more. One that is under way is left alone by whoever makes it.</summary>
    public static Decision<WorkflowEvent, WorkflowEffect> Remind(WorkflowState state, DecisionContext context)
    {
        var progression = new Progression(state, context);
        foreach (var step in CallsOutOf(state))
        {
            progression.Remind(step);
        }

        return progression.Conclude();
    }

    /// <summary>
    /// Whether somebody waits for an attempt, as it was last asked for: not one that has been decided, nor one that another process has taken over and
    /// asked somebody else for. Whoever makes an unwanted attempt drops it.
    /// </summary>
    /// <param name="epoch">The process that owed the attempt when it was last asked for.</param>
    public static bool Wants(WorkflowState state, StepPath path, int generation, int attempt, long epoch) =>
        state.Steps.TryGetValue(path, out var step) && step.Owes(generation, attempt) && step.Epoch == epoch;

    // In path order: the order in which a dictionary gives its entries differs from process to process, and a decision must not.
    private static IEnumerable<StepState> CallsOutOf(WorkflowState state) =>
        state.CallsOut == 0 ? [] : state.Steps.Values.Where(step => step.CallOut).OrderBy(step => step.Path.Value, StringComparer.Ordinal);

    private static Decision<WorkflowEvent, WorkflowEffect> Nothing => Decision<WorkflowEvent, WorkflowEffect>.Nothing;

    private static Decision<WorkflowEvent, WorkflowEffect> Refused(string code, string message) => Decision<WorkflowEvent, WorkflowEffect>.Refused(code, message);

    private static bool Began(StepState step, int generation, int attempt) =>
        attempt >= 1 && (generation < step.Generation || (generation == step.Generation && attempt <= step.Attempt));
}
