using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Agents;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Limits;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Agents;

/// <summary>Calls that agents make of other agents: a place at the agent, the call, the place given back, as a step's attempt does it.</summary>
/// <remarks>
/// Only waiting is different. Nobody can be told of a place that comes free later, so the call asks for one again and again, without a place in the line
/// in between. Two agents that call each other and have no room left therefore end with <c>agent.busy</c> and never wait for ever.
/// </remarks>
public sealed partial class AgentCalls(
    IGrainFactory grains, IServiceProvider services, IProcessEpoch epoch, TimeProvider clock, IOptions<AgentCallsOptions> options, ILogger<AgentCalls> logger) : IAgentCalls
{
    private const int PriorityOfCalls = 3;
    private const int KeyBytes = 12;
    private long made;

    public async Task<ImmutableArray<AgentRegistration>> FindAsync(ImmutableArray<string> names, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<AgentRegistration>(names.Length);
        foreach (var name in names)
        {
            if (await grains.Agent(name).GetAsync(cancellationToken) is { Registration: { Disabled: null } registration })
            {
                found.Add(registration);
            }
        }

        return found.ToImmutable();
    }

    public async Task<AgentAnswer> CallAsync(AgentRequest on, string agent, string action, Payload input, CancellationToken cancellationToken)
    {
        var ticket = string.Create(CultureInfo.InvariantCulture, $"{on.WorkflowId}/{on.StepId}~{epoch.Current}.{Interlocked.Increment(ref made)}");
        var limits = new List<LimitLease>();
        var slot = await FindSlotAsync(new SlotRequest(ticket, on.WorkflowId + "/" + on.StepId, PriorityOfCalls, on.WorkflowId, epoch.Current, epoch.Owner), agent, limits, cancellationToken);
        if (slot.Lease is not { } lease)
        {
            return new AgentAnswer.Failed(slot.Failure ?? new StepFailure(AgentFailures.Busy, $"Agent '{agent}' had no room within {options.Value.PatienceMax}.", Retryable: true));
        }

        var startedAt = clock.GetTimestamp();
        var outcome = CallOutcome.Abandoned;
        using var called = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = RenewAsync(lease, limits, called.Token);
        CallUsage? used = null;
        try
        {
            var answer = await SendAsync(lease, on, agent, action, input, cancellationToken);
            used = answer.Usage;
            outcome = CallJudgement.Of((answer as AgentAnswer.Failed)?.Failure);
            return answer;
        }
        finally
        {
            // The last renewal is over before the release goes out, or it would take the lease up again.
            await called.CancelAsync();
            await renewing;
            await grains.Agent(agent).ReleaseAsync(new SlotRelease(ticket, outcome, clock.GetElapsedTime(startedAt)), CancellationToken.None);
            await Task.WhenAll(limits.Select(limit => grains.Limit(limit.Limit).ReleaseAsync(new LimitRelease(ticket, used is null ? null : used.TokensIn + used.TokensOut), CancellationToken.None)));
        }
    }

    private async Task<AgentAnswer> SendAsync(SlotLease lease, AgentRequest on, string agent, string action, Payload input, CancellationToken cancellationToken)
    {
        // Asked for late: the transport of models needs this class, and this class the transport.
        if (services.GetServices<IAgentTransport>().FirstOrDefault(transport => transport.Kind == lease.Registration.Kind) is not { } transport)
        {
            return AgentAnswer.Fail(AgentFailures.KindUnsupported, $"Nothing in this process calls agents of the kind '{lease.Registration.Kind}', which agent '{agent}' is.");
        }

        var request = on with
        {
            Agent = agent,
            Action = action,
            Input = input,
            IdempotencyKey = KeyOf(on, agent, action, input),
            AskFirst = false,
            Completion = null,
            Depth = on.Depth + 1,
        };
        try
        {
            return await transport.CallAsync(lease.Registration, lease.Instance, request, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogThrew(exception, agent, on.WorkflowId, on.StepId);
            return AgentAnswer.Fail(AgentFailures.Error, $"Agent '{agent}' failed with {exception.GetType().Name}: {exception.Message}", retryable: true);
        }
    }

    private async Task<SlotReply> FindSlotAsync(SlotRequest request, string agent, List<LimitLease> held, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var asked = request;
        try
        {
            while (true)
            {
                var reply = await grains.Agent(agent).AcquireAsync(asked, cancellationToken);
                var failure = reply.Failure;
                if (!reply.Limits.IsDefaultOrEmpty)
                {
                    failure = await HoldAsync(request, agent, reply.Limits, held, cancellationToken);
                    if (failure is null && held.Count == reply.Limits.Length)
                    {
                        asked = request with { Limits = reply.Limits };
                        continue;
                    }
                }

                if (reply.Lease is not null)
                {
                    return reply;
                }

                await grains.Agent(agent).WithdrawAsync(request.Ticket, CancellationToken.None);
                await GiveBackAsync(held);
                asked = request;
                if (failure is not null || clock.GetElapsedTime(startedAt) + options.Value.AskAgainAfter > options.Value.PatienceMax)
                {
                    return new SlotReply(null, Failure: failure);
                }

                await Task.Delay(options.Value.AskAgainAfter, clock, cancellationToken);
            }
        }
        catch
        {
            await GiveBackAsync(held);
            throw;
        }
    }

    /// <summary>Room under the agent's named limits, in the order of their names. Without it the call stands in no line and holds nothing, and asks again.</summary>
    private async Task<StepFailure?> HoldAsync(SlotRequest request, string agent, ImmutableArray<string> limits, List<LimitLease> held, CancellationToken cancellationToken)
    {
        foreach (var name in limits.Order(StringComparer.Ordinal))
        {
            var reply = await grains.Limit(name).AcquireAsync(
                new LimitRequest(request.Ticket, request.Caller, request.Priority, request.Group, "", agent, null, null, null, request.Epoch, request.Owner), cancellationToken);
            if (reply.Lease is not { } lease)
            {
                await grains.Limit(name).WithdrawAsync(request.Ticket, CancellationToken.None);
                return reply.Fallback is null ? reply.Failure : new StepFailure(LimitFailures.Exceeded, $"Limit '{name}' has no room, and a tool has no place to go instead.", Retryable: true);
            }

            held.Add(lease);
        }

        return null;
    }

    private async Task GiveBackAsync(List<LimitLease> held)
    {
        var leases = held.ToArray();
        held.Clear();
        await Task.WhenAll(leases.Select(lease => grains.Limit(lease.Limit).WithdrawAsync(lease.Ticket, CancellationToken.None)));
    }

    private async Task RenewAsync(SlotLease lease, List<LimitLease> limits, CancellationToken called)
    {
        while (true)
        {
            await Task.Delay(options.Value.RenewEvery, clock, called).ContinueWith(_ => { }, TaskScheduler.Current);
            if (called.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await grains.Agent(lease.Registration.Name).RenewAsync(lease, called);
                await Task.WhenAll(limits.Select(limit => grains.Limit(limit.Limit).RenewAsync(limit, called)));
            }
            catch (Exception exception) when (!called.IsCancellationRequested)
            {
                LogNotRenewed(exception, lease.Registration.Name);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>The same for the same question on behalf of the same step, so that an attempt made again asks under the keys it asked under before.</summary>
    private static string KeyOf(AgentRequest on, string agent, string action, Payload input)
    {
        var asked = SHA256.HashData([.. Encoding.UTF8.GetBytes($"{agent}\n{action}\n"), .. input.Utf8.Span]);
        return $"{on.IdempotencyKey}/{Convert.ToHexStringLower(asked.AsSpan(0, KeyBytes))}";
    }

    [LoggerMessage(EventId = 1311, EventName = "ToolCallThrew", Level = LogLevel.Warning, Message = "Agent {Agent} threw when step {StepId} of workflow {WorkflowId} had it called as a tool")]
    private partial void LogThrew(Exception exception, string agent, string workflowId, string stepId);

    [LoggerMessage(EventId = 1312, EventName = "ToolLeaseNotRenewed", Level = LogLevel.Warning, Message = "The place at agent {Agent} could not be renewed")]
    private partial void LogNotRenewed(Exception exception, string agent);
}
