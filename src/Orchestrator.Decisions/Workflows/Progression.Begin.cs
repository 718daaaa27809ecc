using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Decisions.Plans;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>How steps begin.</summary>
internal sealed partial class Progression
{
    /// <summary>Queues the steps of a plan that wait for nothing.</summary>
    public void BeginScope(StepPath path)
    {
        foreach (var step in State.Scope(path).Graph.Plan.Steps)
        {
            var stepPath = path.Child(step.Id);
            if (State.Step(stepPath).Missing == 0)
            {
                ready.Enqueue(stepPath);
            }
        }
    }

    /// <summary>Queues everything that a pause has held back.</summary>
    public void BeginHeldBack()
    {
        foreach (var step in State.Steps.Values.OrderBy(step => step.Path.Value, StringComparer.Ordinal))
        {
            if (step is { Item: null, Status: StepStatus.Pending, Missing: 0 } or { IsFinal: false, FanOut: not null })
            {
                ready.Enqueue(step.Path);
            }
        }

        foreach (var scope in State.Scopes.Values.Where(scope => scope.UndoingAfter is not null).OrderBy(scope => scope.Path.Value, StringComparer.Ordinal))
        {
            UndoNext(scope.Path);
        }
    }

    public void StartAttempt(StepPath path, int attempt, int generation)
    {
        var input = Assignments.InputOf(State, State.Step(path));
        if ((input.Problem ?? Assignments.LimitsOf(State, State.Step(path)).Problem) is { } problem)
        {
            GiveUp(path, new StepFailure(FailureCodes.BadExpression, problem, Retryable: false));
            return;
        }

        Happened(new StepStarted(path, attempt, context.Epoch, generation));
        effects.Add(Assignments.Of(State, State.Step(path), input.Value, context.Policy));
    }

    private void Begin(StepPath path)
    {
        var step = State.Step(path);
        var scope = State.Scope(step.Scope);
        if (State.Paused || !scope.IsOpen || scope.UndoingAfter is not null)
        {
            return;
        }

        if (step is { FanOut: not null, IsFinal: false })
        {
            BeginItems(step);
        }
        else if (step is { Status: StepStatus.Pending, Missing: 0 })
        {
            BeginPending(step);
        }
    }

    private void BeginPending(StepState step)
    {
        if (State.Reusable.TryGetValue(step.Path, out var output))
        {
            Happened(new StepCompleted(step.Path, Attempt: 0, output));
            AfterFinal(step.Path);
            return;
        }

        if (step is { Item: null, Definition.When: { } condition })
        {
            var verdict = Conditions.Evaluate(condition, Assignments.ContextOf(State, step));
            if (verdict.Problem is { } problem)
            {
                GiveUp(step.Path, new StepFailure(FailureCodes.BadExpression, problem, Retryable: false));
                return;
            }

            if (!verdict.Value)
            {
                Happened(new StepSkipped(step.Path, $"The condition '{condition}' is false."));
                AfterFinal(step.Path);
                return;
            }
        }

        if (step.Definition.ForEach is { } forEach)
        {
            Expand(step, forEach);
            return;
        }

        switch (step.Definition.Kind)
        {
            case StepKind.Call:
                StartAttempt(step.Path, attempt: 1, step.Generation);
                break;
            case StepKind.Sleep:
                BeginWait(step, new Wait(WaitKind.Timer, step.Path.Value, context.Now, null, context.Now + step.Definition.Sleep));
                break;
            case StepKind.Approval:
                BeginApproval(step, step.Definition.Approval!);
                break;
            case StepKind.Signal:
                BeginSignal(step);
                break;
            case StepKind.SubPlan:
                BeginSubPlan(step);
                break;
            default:
                throw new InvalidOperationException($"Step '{step.Path}' is of the kind '{step.Definition.Kind}', which no plan can ask for.");
        }
    }

    private void BeginWait(StepState step, Wait wait)
    {
        Happened(new StepStarted(step.Path, Attempt: 1, context.Epoch, step.Generation));
        Happened(new StepWaiting(step.Path, wait));
    }

    private void BeginApproval(StepState step, ApprovalRequest approval)
    {
        var prompt = Templates.Render(Payload.From(approval.Prompt), Assignments.ContextOf(State, step));
        if (prompt.Problem is { } problem)
        {
            GiveUp(step.Path, new StepFailure(FailureCodes.BadExpression, problem, Retryable: false));
            return;
        }

        using var rendered = prompt.Value.Parse();
        BeginWait(step, new Wait(WaitKind.Approval, rendered.RootElement.ToString(), context.Now, null, context.Now + approval.Expires));
    }

    private void BeginSignal(StepState step)
    {
        var name = step.Definition.Signal!;
        var oldest = State.Signals.Find(signal => signal.Name == name);
        if (oldest is null)
        {
            BeginWait(step, new Wait(WaitKind.Signal, name, context.Now, null, context.Now + step.Definition.Timeout));
            return;
        }

        Happened(new StepStarted(step.Path, Attempt: 1, context.Epoch, step.Generation));
        Happened(new StepCompleted(step.Path, Attempt: 1, oldest.Content));
        AfterFinal(step.Path);
    }

    private void BeginSubPlan(StepState step)
    {
        var input = Assignments.InputOf(State, step);
        if (input.Problem is { } problem)
        {
            GiveUp(step.Path, new StepFailure(FailureCodes.BadExpression, problem, Retryable: false));
            return;
        }

        var completed = PlanInputs.Complete(step.Definition.SubPlan!, input.Value);
        if (completed.Problem is { } missing)
        {
            GiveUp(step.Path, new StepFailure(RefusalCodes.BadInput, missing, Retryable: false));
            return;
        }

        Happened(new StepStarted(step.Path, Attempt: 1, context.Epoch, step.Generation));
        Happened(new ScopeStarted(step.Path, completed.Input));
        BeginScope(step.Path);
    }

    private void Expand(StepState step, ForEach forEach)
    {
        var rendered = Templates.Render(forEach.Items, Assignments.ContextOf(State, step));
        if (rendered.Problem is { } problem)
        {
            GiveUp(step.Path, new StepFailure(FailureCodes.BadExpression, problem, Retryable: false));
            return;
        }

        using var document = rendered.Value.Parse();
        if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() > context.Policy.ItemsMax)
        {
            var found = document.RootElement.ValueKind == JsonValueKind.Array ? $"{document.RootElement.GetArrayLength()} items" : $"a JSON {document.RootElement.ValueKind}";
            GiveUp(step.Path, new StepFailure(
                FailureCodes.BadItems, $"Step '{step.Path}' expected an array of at most {context.Policy.ItemsMax} items to go over and found {found}.", Retryable: false));
            return;
        }

        Happened(new ItemsExpanded(step.Path, [.. document.RootElement.EnumerateArray().Select(Payload.FromElement)]));
        BeginItems(State.Step(step.Path));
    }

    private void BeginItems(StepState fanOut)
    {
        if (fanOut.FanOut!.Final == fanOut.FanOut.Count)
        {
            Happened(new StepCompleted(fanOut.Path, Attempt: 1, JoinItems(fanOut)));
            AfterFinal(fanOut.Path);
            return;
        }

        var room = fanOut.Definition.ForEach!.Concurrency ?? int.MaxValue;
        while (fanOut is { IsFinal: false, FanOut: { } items } && items.Begun < items.Count && items.Begun - items.Final < room)
        {
            BeginPending(State.Step(fanOut.Path.Item(items.Begun)));
            fanOut = State.Step(fanOut.Path);
        }
    }

    private Payload JoinItems(StepState fanOut)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("["u8);
        for (var i = 0; i < fanOut.FanOut!.Count; i++)
        {
            if (i > 0)
            {
                buffer.Write(","u8);
            }

            buffer.Write(State.Step(fanOut.Path.Item(i)).Output.Utf8.Span);
        }

        buffer.Write("]"u8);
        return Payload.FromTrustedUtf8(buffer.WrittenMemory);
    }
}
