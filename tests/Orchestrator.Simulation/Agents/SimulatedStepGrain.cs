using Orchestrator.Execution.Agents;
using Orchestrator.Grains;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Steps;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Simulation.Agents;

/// <summary>The least a step can be: it calls its agent without asking for room and reports until the report is taken.</summary>
[Reentrant]
public sealed class SimulatedStepGrain(IAgentTransport transport, TimeProvider clock) : Grain, IStepGrain
{
    private (StepAssignment Assignment, CancellationTokenSource Dropped)? current;

    public Task StartAsync(StepAssignment assignment, CancellationToken cancellationToken = default)
    {
        if (current is { } under)
        {
            if ((under.Assignment.Generation, under.Assignment.Attempt).CompareTo((assignment.Generation, assignment.Attempt)) >= 0)
            {
                return Task.CompletedTask;
            }

            under.Dropped.Cancel();
        }

        var dropped = new CancellationTokenSource();
        current = (assignment, dropped);
        DelayDeactivation(TimeSpan.FromDays(365));
        _ = MakeAsync(assignment, dropped.Token);
        return Task.CompletedTask;
    }

    public Task CancelAsync(int generation, int attempt, CancellationToken cancellationToken = default)
    {
        if (current is { } under && under.Assignment.Generation == generation && under.Assignment.Attempt == attempt)
        {
            under.Dropped.Cancel();
        }

        return Task.CompletedTask;
    }

    public Task SlotGrantedAsync(SlotLease lease, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SlotRefusedAsync(string ticket, StepFailure failure, CancellationToken cancellationToken = default) => Task.CompletedTask;

    private async Task MakeAsync(StepAssignment assignment, CancellationToken dropped)
    {
        try
        {
            var report = await CallAsync(assignment, dropped);
            while (!await IsTakenAsync(assignment, report))
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock, dropped);
            }
        }
        catch (OperationCanceledException) when (dropped.IsCancellationRequested)
        {
            // Nobody waits for the attempt, so there is nobody to tell.
        }

        if (current?.Assignment == assignment)
        {
            DelayDeactivation(TimeSpan.FromSeconds(-1));
            DeactivateOnIdle();
        }
    }

    private async Task<StepReport> CallAsync(StepAssignment assignment, CancellationToken dropped)
    {
        var agent = assignment.AgentId ?? assignment.Action;
        var registration = new AgentRegistration(agent, AgentKind.Http, [], [new AgentInstance("http://" + agent)]);
        var request = new AgentRequest(
            agent, assignment.Action, assignment.Input, assignment.Workflow.Value, assignment.Step.Value, assignment.Attempt, assignment.IdempotencyKey,
            clock.GetUtcNow() + assignment.Timeout, assignment.TraceParent);
        using var patience = new CancellationTokenSource(assignment.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, dropped);
        try
        {
            var answer = await transport.CallAsync(registration, registration.Instances[0], request, either.Token);
            return answer switch
            {
                AgentAnswer.Completed done => new AttemptCompleted(assignment.Step, assignment.Generation, assignment.Attempt, done.Output),
                AgentAnswer.Failed failed => new AttemptDidFail(assignment.Step, assignment.Generation, assignment.Attempt, failed.Failure),
                _ => throw new InvalidOperationException($"A transport answered with a {answer.GetType().Name}."),
            };
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !dropped.IsCancellationRequested)
        {
            return new AttemptDidFail(assignment.Step, assignment.Generation, assignment.Attempt, new StepFailure(AgentFailures.Timeout, "It did not answer in time.", Retryable: true));
        }
    }

    private async Task<bool> IsTakenAsync(StepAssignment assignment, StepReport report)
    {
        try
        {
            await GrainFactory.Workflow(assignment.Workflow).ReportAsync(report);
            return true;
        }
        catch (Exception)
        {
            // Whatever it was, the report has not been acknowledged, and it is safe to send again.
            return false;
        }
    }
}
