using System.Collections.Immutable;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Limits;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Steps;

/// <summary>Room under named limits, which comes before a place at the agent: whoever waited for a limit with such a place would keep it from others.</summary>
/// <remarks>
/// Several limits are asked in the order of their names, and all of them are given back before one is asked that comes earlier, so no two attempts can
/// wait for each other. Leases are renewed from the first one on, also while the next is waited for.
/// </remarks>
public sealed partial class StepGrain
{
    /// <returns>A lease of the agent, or of the one a limit sends the attempt to, or the failure with which the attempt ends.</returns>
    private async Task<SlotReply> WaitForLimitedSlotAsync(AttemptUnderWay attempt, string name)
    {
        var own = attempt.Assignment.Limits.IsDefaultOrEmpty ? [] : attempt.Assignment.Limits.Select(limit => limit.Name).ToImmutableSortedSet(StringComparer.Ordinal);
        var (wanted, passed, seen) = (own, new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal) { name });
        try
        {
            while (true)
            {
                var (instead, failure) = await HoldLimitsAsync(attempt, wanted, passed, name);
                if (instead is not null)
                {
                    await GiveBackLimitsAsync(attempt);
                    if (!seen.Add(instead))
                    {
                        return new SlotReply(null, Failure: new StepFailure(LimitFailures.Exceeded, $"The limits of agents send the call in a circle; agent '{instead}' had it already.", Retryable: true));
                    }

                    (attempt.AgentInstead, name, wanted) = (instead, instead, own);
                    continue;
                }

                var reply = failure is not null ? new SlotReply(null, Failure: failure) : await WaitForSlotAsync(attempt, name, [.. wanted]);
                if (!reply.Limits.IsDefaultOrEmpty)
                {
                    await GiveBackLimitsAsync(attempt);
                    wanted = own.Union(reply.Limits);
                    continue;
                }

                if (reply.Lease is not null && attempt.ModelInstead is { } model && reply.Lease.Registration.Model is null)
                {
                    await TryAsync("withdraw", () => GrainFactory.Agent(name).WithdrawAsync(attempt.Ticket));
                    reply = new SlotReply(null, Failure: new StepFailure(LimitFailures.NoFallback, $"A limit has calls made with model '{model}' instead, and agent '{name}' asks no model.", Retryable: false));
                }

                if (reply.Lease is null)
                {
                    await GiveBackLimitsAsync(attempt);
                }

                return reply;
            }
        }
        catch (OperationCanceledException)
        {
            await GiveBackLimitsAsync(attempt);
            throw;
        }
    }

    /// <returns>The agent to call instead, or the failure with which the attempt ends; neither when there is room under all of them.</returns>
    private async Task<(string? Instead, StepFailure? Failure)> HoldLimitsAsync(AttemptUnderWay attempt, ImmutableSortedSet<string> wanted, HashSet<string> passed, string agent)
    {
        foreach (var name in wanted.Where(name => !passed.Contains(name)))
        {
            var reply = await WaitForLimitAsync(attempt, name, agent);
            if (reply.Lease is { } lease)
            {
                attempt.Limits.Add(lease, over => RenewLimitsAsync(attempt, over));
            }
            else if (reply.Fallback is { } fallback)
            {
                // What has sent the call elsewhere has no more to say of it there.
                passed.Add(name);
                attempt.ModelInstead = fallback.Model ?? attempt.ModelInstead;
                if (fallback.Agent is { } instead && instead != agent)
                {
                    return (instead, null);
                }
            }
            else
            {
                return (null, reply.Failure);
            }
        }

        return (null, null);
    }

    private async Task<LimitReply> WaitForLimitAsync(AttemptUnderWay attempt, string name, string agent)
    {
        var limit = GrainFactory.Limit(name);
        var assignment = attempt.Assignment;
        var own = assignment.Limits.IsDefaultOrEmpty ? null : assignment.Limits.FirstOrDefault(one => one.Name == name);
        var request = new LimitRequest(
            attempt.Ticket, Key, assignment.Priority, assignment.Workflow.Value, assignment.Plan, agent, assignment.Tags, own?.Key, own?.Tokens, epoch.Current, epoch.Owner);
        attempt.Limit = new(name);
        try
        {
            return await UntilRoomAsync(attempt, attempt.Limit, () => limit.AcquireAsync(request), static reply => reply is { Lease: null, Failure: null, Fallback: null } ? reply.Wait : null);
        }
        catch (OperationCanceledException)
        {
            await TryAsync("withdraw", () => limit.WithdrawAsync(attempt.Ticket));
            throw;
        }
    }

    public async Task LimitGrantedAsync(LimitLease lease, CancellationToken cancellationToken = default)
    {
        if (current is { } under && under.Ticket == lease.Ticket && !under.Dropped.IsCancellationRequested)
        {
            // A lease it holds already may be told again, when the first word of it was thought lost.
            if (under.Limit is { } asked && asked.Of == lease.Limit)
            {
                asked.Answered(new LimitReply(lease));
            }

            return;
        }

        // Nobody here made the attempt: it was dropped, or it was ours before a restart. The next in line should not wait for the lease to end.
        await GrainFactory.Limit(lease.Limit).WithdrawAsync(lease.Ticket, cancellationToken);
        if (current is null)
        {
            DeactivateOnIdle();
        }
    }

    public Task LimitRefusedAsync(string limit, string ticket, StepFailure failure, CancellationToken cancellationToken = default)
    {
        if (current is { } under && under.Ticket == ticket && under.Limit is { } asked && asked.Of == limit)
        {
            asked.Answered(new LimitReply(null, Failure: failure));
        }

        return Task.CompletedTask;
    }

    private async Task RenewLimitsAsync(AttemptUnderWay attempt, CancellationToken over)
    {
        var sent = Task.CompletedTask;
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(options.Value.RenewEvery, clock, over).ContinueWith(_ => { }, TaskScheduler.Current);
            if (over.IsCancellationRequested)
            {
                break;
            }

            // Not awaited here: a limit whose silo has died answers nothing, and its successor has to hear of the lease in time.
            sent = Task.WhenAll(
                [sent.IsCompleted ? Task.CompletedTask : sent, .. attempt.Limits.Leases.Select(lease => TryAsync("renew", () => GrainFactory.Limit(lease.Limit).RenewAsync(lease)))]);
        }

        await sent;
    }

    /// <summary>Gives back room for a call that was never made, with what it cost.</summary>
    private async Task GiveBackLimitsAsync(AttemptUnderWay attempt)
    {
        var leases = await attempt.Limits.TakeAllAsync();
        await Task.WhenAll(leases.Select(lease => TryAsync("withdraw", () => GrainFactory.Limit(lease.Limit).WithdrawAsync(lease.Ticket))));
    }

    private async Task ReleaseLimitsAsync(AttemptUnderWay attempt, CallUsage? used)
    {
        var leases = await attempt.Limits.TakeAllAsync();
        await Task.WhenAll(leases.Select(lease => TryAsync("release", () => GrainFactory.Limit(lease.Limit).ReleaseAsync(
            new LimitRelease(lease.Ticket, used is null ? null : used.TokensIn + used.TokensOut)))));
    }
}
