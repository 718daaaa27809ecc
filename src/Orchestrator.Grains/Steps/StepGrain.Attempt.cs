using Orchestrator.Decisions.Agents;
using Orchestrator.Execution.Agents;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Steps;

/// <summary>One attempt from beginning to end. It runs in this activation's turns, beside the messages that come in.</summary>
public sealed partial class StepGrain
{
    /// <summary>The longest a timer can be set for, about 24 days; a call allowed more is still ended then.</summary>
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromMilliseconds(int.MaxValue);

    private async Task MakeAsync(AttemptUnderWay attempt)
    {
        try
        {
            var slot = await FindSlotAsync(attempt);
            var report = slot.Lease is { } lease ? await CallAsync(attempt, lease) : Failed(attempt, slot.Failure!);
            await SendUntilTakenAsync(attempt, await PutAsideAsync(attempt, report));
        }
        catch (OperationCanceledException) when (attempt.Dropped.IsCancellationRequested)
        {
            // Nobody waits for the attempt, so there is nobody to tell.
        }
        catch (Exception exception)
        {
            // A fault of ours. The attempt is still owed: the workflow sends it again, and this activation starts afresh.
            LogFault(exception, Key, attempt.Assignment.Attempt);
        }
        finally
        {
            await attempt.Released;
            await GiveBackLimitsAsync(attempt);
            if (current == attempt)
            {
                current = null;
                DeactivateOnIdle();
            }
        }
    }

    /// <summary>Calls the agent that has room, gives the room back, and says how it went.</summary>
    private async Task<StepReport> CallAsync(AttemptUnderWay attempt, SlotLease lease)
    {
        var assignment = attempt.Assignment;
        if (transports.FirstOrDefault(transport => transport.Kind == lease.Registration.Kind) is not { } transport)
        {
            await TryAsync("withdraw", () => GrainFactory.Agent(lease.Registration.Name).WithdrawAsync(lease.Ticket));
            return Failed(attempt, new StepFailure(AgentFailures.KindUnsupported,
                $"Nothing in this process calls agents of the kind '{lease.Registration.Kind}', which agent '{lease.Registration.Name}' is.", Retryable: false));
        }

        if (attempt.ToldWait is not null)
        {
            Tell(attempt, new AttemptProceeds(assignment.Step, assignment.Generation, assignment.Attempt));
        }

        var startedAt = clock.GetTimestamp();
        var deadline = clock.GetUtcNow() + assignment.Timeout;
        var outcome = CallOutcome.Abandoned;
        var called = CancellationTokenSource.CreateLinkedTokenSource(attempt.Dropped);
        var renewing = RenewAsync(attempt, lease, called.Token);
        CallUsage? used = null;
        try
        {
            var (input, unopened) = await OpenInputAsync(attempt);
            if (unopened is not null)
            {
                return Failed(attempt, unopened);
            }

            var answer = await CallAsync(attempt, lease, transport, input, deadline);
            used = answer.Usage;
            outcome = CallJudgement.Of((answer as AgentAnswer.Failed)?.Failure);
            return answer switch
            {
                AgentAnswer.Completed completed => new AttemptCompleted(assignment.Step, assignment.Generation, assignment.Attempt, completed.Output, answer.Usage),
                AgentAnswer.Failed failed => Failed(attempt, failed.Failure, answer.Usage),

                // The seat is given back: from here on the work is the agent's, and what we wait for is a record of the workflow.
                AgentAnswer.Deferred => new AttemptTakenOn(assignment.Step, assignment.Generation, assignment.Attempt, lease.Registration.Name, deadline),
                _ => throw new InvalidOperationException($"A step does not know the answer {answer.GetType().Name}."),
            };
        }
        finally
        {
            attempt.Released = Task.WhenAll(
                ReleaseAsync(lease, renewing, called, new SlotRelease(lease.Ticket, outcome, clock.GetElapsedTime(startedAt))),
                ReleaseLimitsAsync(attempt, used));
        }
    }

    private async Task ReleaseAsync(SlotLease lease, Task renewing, CancellationTokenSource called, SlotRelease release)
    {
        // The last renewal is over before the release goes out, or it would take the lease up again.
        using (called)
        {
            called.Cancel();
            await renewing;
        }

        await TryAsync("release", () => GrainFactory.Agent(lease.Registration.Name).ReleaseAsync(release));
    }

    private async Task<AgentAnswer> CallAsync(AttemptUnderWay attempt, SlotLease lease, IAgentTransport transport, Payload input, DateTimeOffset deadline)
    {
        var assignment = attempt.Assignment;
        var name = lease.Registration.Name;
        var agent = attempt.ModelInstead is { } model && lease.Registration.Model is { } own
            ? lease.Registration with { Model = own with { Name = model, Fallbacks = [] } }
            : lease.Registration;
        var span = StepTracing.Begin(assignment, lease.Registration, lease.Instance);
        AgentAnswer? answer = null;
        try
        {
            var request = new AgentRequest(
                attempt.AgentInstead ?? assignment.AgentId ?? name, assignment.Action, input, assignment.Workflow.Value, assignment.Step.Value, assignment.Attempt,
                assignment.IdempotencyKey, deadline, span?.Id ?? assignment.TraceParent, assignment.AskFirst, Completion: OfferOf(assignment));
            using var patience = new CancellationTokenSource(assignment.Timeout < TimeoutMax ? assignment.Timeout : TimeoutMax, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(attempt.Dropped, patience.Token);
            answer = await transport.CallAsync(agent, lease.Instance, request, either.Token);
        }
        catch (OperationCanceledException) when (!attempt.Dropped.IsCancellationRequested)
        {
            answer = AgentAnswer.Fail(AgentFailures.Timeout, $"Agent '{name}' timed out: no answer within {assignment.Timeout}.", retryable: true);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogCallThrew(exception, Key, assignment.Attempt, name);
            answer = AgentAnswer.Fail(AgentFailures.Error, $"Agent '{name}' failed with {exception.GetType().Name}: {exception.Message}", retryable: true);
        }
        finally
        {
            StepTracing.End(span, (answer as AgentAnswer.Failed)?.Failure, answer?.Usage);
        }

        return answer;
    }

    private CompletionOffer? OfferOf(StepAssignment assignment) => tokens.LastOrDefault()?.Offer(
        new CompletionSubject(assignment.Workflow, assignment.WorkflowCreatedAt, assignment.Step, assignment.Generation, assignment.Attempt));

    private async Task RenewAsync(AttemptUnderWay attempt, SlotLease lease, CancellationToken called)
    {
        var sent = Task.CompletedTask;
        while (!called.IsCancellationRequested)
        {
            await Task.Delay(options.Value.RenewEvery, clock, called).ContinueWith(_ => { }, TaskScheduler.Current);
            if (called.IsCancellationRequested)
            {
                break;
            }

            // Not awaited here: an agent whose silo has died answers nothing, and its successor has to hear of the lease in time.
            AskIfUnheard(attempt);
            sent = Task.WhenAll(sent.IsCompleted ? Task.CompletedTask : sent, TryAsync("renew", () => GrainFactory.Agent(lease.Registration.Name).RenewAsync(lease)));
        }

        await sent;
    }

    /// <summary>Asks the workflow whether it still waits for the attempt, when it has not been heard of for long. It is safe to ask twice.</summary>
    private void AskIfUnheard(AttemptUnderWay attempt)
    {
        if (attempt.Asking.IsCompleted && clock.GetElapsedTime(attempt.HeardAt) >= options.Value.UnheardMax)
        {
            attempt.Asking = TryAsync("ask", () => AskIfWantedAsync(attempt));
        }
    }

    private async Task AskIfWantedAsync(AttemptUnderWay attempt)
    {
        var (assignment, epoch) = (attempt.Assignment, attempt.Epoch);
        if (!await GrainFactory.Workflow(assignment.Workflow).WantsAsync(assignment.Step, assignment.Generation, assignment.Attempt, epoch)
            && attempt.Epoch == epoch)
        {
            LogUnwanted(Key, assignment.Attempt);
            attempt.Drop();
        }
    }

    /// <summary>Sends what heals by itself when it is lost: a lease ends by silence.</summary>
    private async Task TryAsync(string what, Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (Exception exception)
        {
            LogMessageFailed(exception, Key, what);
        }
    }

    private static AttemptDidFail Failed(AttemptUnderWay attempt, StepFailure failure, CallUsage? usage = null) =>
        new(attempt.Assignment.Step, attempt.Assignment.Generation, attempt.Assignment.Attempt, failure, usage);
}
