using System.Collections.Immutable;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Routing;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Steps;

/// <summary>Finding the agent, waiting for room, and telling the workflow about both.</summary>
public sealed partial class StepGrain
{
    /// <returns>A lease, or the failure with which the attempt ends.</returns>
    private async Task<SlotReply> FindSlotAsync(AttemptUnderWay attempt)
    {
        var candidates = await CandidatesAsync(attempt);
        var last = new SlotReply(null, Failure: NotFound(attempt.Assignment));
        foreach (var name in candidates)
        {
            last = await WaitForLimitedSlotAsync(attempt, name);
            if (last.Lease is not null)
            {
                break;
            }
        }

        return last;
    }

    private async Task<ImmutableArray<string>> CandidatesAsync(AttemptUnderWay attempt)
    {
        // A name without a dash can only be an agent's own. One with a dash may also be the keyed session agent of a type.
        var (agentId, action) = (attempt.Assignment.AgentId, attempt.Assignment.Action);
        if (agentId is not null && !agentId.Contains('-', StringComparison.Ordinal))
        {
            return [agentId];
        }

        var routes = await UntilAnsweredAsync(attempt, "route", () => GrainFactory.Router().ResolveAsync(new RouteRequest(agentId, action)));
        return [.. routes.Select(route => route.Agent)];
    }

    private async Task<SlotReply> WaitForSlotAsync(AttemptUnderWay attempt, string name, ImmutableArray<string> limits)
    {
        var agent = GrainFactory.Agent(name);
        var assignment = attempt.Assignment;
        var request = new SlotRequest(attempt.Ticket, Key, assignment.Priority, assignment.Workflow.Value, epoch.Current, epoch.Owner, limits, options.Value.Host);
        attempt.Slot = new(name);
        try
        {
            var reply = await UntilRoomAsync(attempt, attempt.Slot, () => agent.AcquireAsync(request), static reply => reply is { Lease: null, Failure: null } ? reply.Wait : null);
            return reply.Failure is { Code: AgentFailures.NotFound } ? new SlotReply(null, Failure: NotFound(assignment)) : reply;
        }
        catch (OperationCanceledException)
        {
            // Whatever was asked for, a place or a lease, is given back; the agent ignores a ticket it does not know.
            await TryAsync("withdraw", () => agent.WithdrawAsync(attempt.Ticket));
            throw;
        }
    }

    /// <summary>Asks for room, and waits for as long as the answer is a wait.</summary>
    private async Task<TReply> UntilRoomAsync<TReply>(AttemptUnderWay attempt, Question<TReply> question, Func<Task<TReply>> ask, Func<TReply, Wait?> waitOf)
    {
        var assignment = attempt.Assignment;
        var reply = await UntilAnsweredAsync(attempt, "acquire", ask);
        var patience = options.Value.QuietWait;
        while (waitOf(reply) is { } wait)
        {
            if (await AnsweredWithinAsync(attempt, question.Answer, patience))
            {
                reply = await question.Answer;
                break;
            }

            AskIfUnheard(attempt);

            // Short waits are nobody's business; a longer one is written down, and again when something else has come in the way.
            if (attempt.ToldWait?.Kind != wait.Kind || attempt.ToldWait.On != wait.On)
            {
                attempt.ToldWait = wait;
                Tell(attempt, new AttemptWaits(assignment.Step, assignment.Generation, assignment.Attempt, wait));
            }
            else
            {
                reply = await UntilAnsweredAsync(attempt, "acquire", ask);
            }

            patience = options.Value.AskAgainAfter;
        }

        attempt.Dropped.ThrowIfCancellationRequested();
        return reply;
    }

    private async Task<bool> AnsweredWithinAsync(AttemptUnderWay attempt, Task answer, TimeSpan patience)
    {
        try
        {
            await answer.WaitAsync(patience, clock, attempt.Dropped);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<T> UntilAnsweredAsync<T>(AttemptUnderWay attempt, string what, Func<Task<T>> ask)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                attempt.Dropped.ThrowIfCancellationRequested();
                return await ask();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogMessageFailed(exception, Key, what);
            }

            AskIfUnheard(attempt);

            await Task.Delay(options.Value.Backoff(failures), clock, attempt.Dropped);
        }
    }

    /// <summary>Tells the workflow about waiting, in order and beside the attempt, which does not wait for it.</summary>
    private void Tell(AttemptUnderWay attempt, StepReport report)
    {
        var before = attempt.Told;
        attempt.Told = InTurnAsync();

        async Task InTurnAsync()
        {
            await before;
            await TryAsync("report", () => GrainFactory.Workflow(attempt.Assignment.Workflow).ReportAsync(report));
        }
    }

    /// <summary>Keeps an outcome and sends it until the workflow has it in its journal: so nothing is lost when the store is away.</summary>
    private async Task SendUntilTakenAsync(AttemptUnderWay attempt, StepReport report)
    {
        await attempt.Told;
        await UntilAnsweredAsync(attempt, "report", async () =>
        {
            await GrainFactory.Workflow(attempt.Assignment.Workflow).ReportAsync(report);
            return true;
        });
    }

    private static StepFailure NotFound(StepAssignment assignment) => new(
        AgentFailures.NotFound,
        assignment.AgentId is { } id ? $"No agent is called '{id}'." : $"No agent can '{assignment.Action}'.",
        Retryable: false);
}
