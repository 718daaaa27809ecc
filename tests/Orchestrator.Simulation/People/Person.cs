using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Simulation.Worlds;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.People;

/// <summary>Somebody who starts a workflow, meddles with it, and perhaps has it done again. She asks until she is answered, as a good client does.</summary>
internal sealed class Person(SimulatedWorld world, SimulatedChance chance, int number)
{
    private readonly string name = RandomPlans.NameOf(number);
    private int ids;
    private int signals;

    public async Task RunAsync()
    {
        await RestAsync(TimeSpan.FromSeconds(30));
        var plans = new RandomPlans(chance, new SimulatedChance((world.Seed * 1_000) + (ulong)number));
        var workflow = await StartAsync(new StartWorkflow(
            plans.Any(), plans.Input(), 1 + chance.Below(5), ImmutableSortedDictionary<string, string>.Empty, Fingerprint: name));
        for (var commands = chance.Below(6); commands > 0; commands--)
        {
            await RestAsync(TimeSpan.FromSeconds(20));
            await CommandAsync(workflow);
        }

        if (chance.Happens(0.2))
        {
            await ContinueAsync(workflow);
        }
    }

    /// <summary>Starts a workflow under one idempotency key, sometimes twice at once, and sometimes again under another id.</summary>
    private async Task<WorkflowId> StartAsync(StartWorkflow request)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{name}-{ids}");
        var asked = request with { IdempotencyKey = key, Tags = request.Tags.SetItem("key", key) };
        world.Checker.Requested(key, asked);
        var sends = Enumerable.Range(0, chance.Happens(0.3) ? 2 : 1).Select(_ => StartUntilAnsweredAsync(asked, NewId()));
        var answers = await Task.WhenAll(sends);
        return answers[0];
    }

    private async Task<WorkflowId> StartUntilAnsweredAsync(StartWorkflow request, WorkflowId id)
    {
        while (true)
        {
            var reply = await TryAsync(() => world.Client.Workflow(id).StartAsync(world.AsSent(request)));
            if (reply is { Refusal: null })
            {
                world.Checker.StartAcknowledged(request.IdempotencyKey!, reply.Id);
                return reply.Id;
            }

            await RestAsync(TimeSpan.FromSeconds(3));
            id = chance.Happens(0.3) ? NewId() : id;
        }
    }

    private async Task CommandAsync(WorkflowId id)
    {
        var grain = world.Client.Workflow(id);
        var context = new CommandContext(name);
        switch (chance.Below(10))
        {
            case 0:
                await SendAsync(id, () => grain.CancelAsync(context), state => state.Status == WorkflowStatus.Cancelled, "cancel");
                break;
            case 1 or 2:
                await SendAsync(id, () => grain.PauseAsync(context), _ => true, "pause");
                break;
            case 3 or 4:
                await SendAsync(id, () => grain.ResumeAsync(context), _ => true, "resume");
                break;
            case 5:
                await SendAsync(id, () => grain.RetryAsync(new RetrySteps(context)), _ => true, "retry");
                break;
            case 6 or 7:
                var signal = new SendSignal(string.Create(CultureInfo.InvariantCulture, $"{name}-{signals++}"), "go", Payload.EmptyObject);
                await SendAsync(id, () => grain.SignalAsync(signal), state => state.SignalIds.Contains(signal.SignalId), "signal");
                break;
            default:
                await DecideAsync(id, grain);
                break;
        }
    }

    private async Task DecideAsync(WorkflowId id, IWorkflowGrain grain)
    {
        var view = await TryAsync(() => grain.GetAsync());
        if (view?.Steps.FirstOrDefault(step => step.Wait?.Kind == WaitKind.Approval) is { } waiting)
        {
            var decision = new DecideApproval(waiting.Path, chance.Happens(0.7), name);
            await SendAsync(id, () => grain.DecideApprovalAsync(decision), state => state.Step(waiting.Path).Approval is { } approval
                && (approval.Decided == decision.Approved || approval.VoteOf(name)?.Approved == decision.Approved), "decision");
        }
    }

    private async Task ContinueAsync(WorkflowId id)
    {
        var kind = (OriginKind)(1 + chance.Below(3));
        var request = new SuccessorRequest(kind, kind == OriginKind.Fork ? "s0" : null);
        var reply = await TryAsync(() => world.Client.Workflow(id).PlanSuccessorAsync(request));
        if (reply?.Start is { } successor)
        {
            ids++;
            await StartAsync(successor with { Fingerprint = name + "-again" });
        }
    }

    /// <summary>Sends a command until it is answered, or until it is not worth asking any more.</summary>
    private async Task SendAsync(WorkflowId id, Func<Task<CommandReply>> command, Func<Decisions.Workflows.WorkflowState, bool> kept, string what)
    {
        for (var tries = 0; tries < 4; tries++)
        {
            if (await TryAsync(command) is { } reply)
            {
                if (reply.Refusal is null)
                {
                    world.Checker.CommandAcknowledged(id, reply, kept, what);
                }

                return;
            }

            await RestAsync(TimeSpan.FromSeconds(3));
        }
    }

    // A call that fails may have been decided all the same. She asks again, with the same words.
    private static async Task<TReply?> TryAsync<TReply>(Func<Task<TReply>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception)
        {
            return default;
        }
    }

    private Task RestAsync(TimeSpan most) => Task.Delay(chance.UpTo(most), world.Clock);

    private WorkflowId NewId() => new(string.Create(CultureInfo.InvariantCulture, $"{name}.{ids++}"));
}
