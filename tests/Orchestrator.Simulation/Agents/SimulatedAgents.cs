using System.Globalization;
using System.Text;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Agents;
using Orchestrator.Grains.Completions;
using Orchestrator.Simulation.Worlds;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Simulation.Agents;

/// <summary>The agents of a world. They live outside its silos, remember every call, and answer as chance has it.</summary>
internal sealed class SimulatedAgents(SimulatedChance chance, TimeProvider clock, IAgentWitness witness, Transcript transcript)
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(8);

    /// <summary>Agents do what they can to make trouble. Otherwise they answer soon and well.</summary>
    public bool IsTroubled { get; set; }

    /// <summary>How long every call takes, where it is not left to chance.</summary>
    public TimeSpan? Takes { get; set; }

    /// <summary>Agents take every call on and complete it so much later, with heartbeats in between. Null when they answer at once.</summary>
    public TimeSpan? AnswerLater { get; set; }

    /// <summary>How they reach the orchestrator, and how they begin what goes on after their answer.</summary>
    public Func<ICompletionGrain>? Door { get; set; }

    public Action<Func<Task>> Begin { get; set; } = _ => { };

    /// <summary>Attempts they have taken on, by token.</summary>
    public HashSet<string> TakenOn { get; } = new(StringComparer.Ordinal);

    /// <summary>Hears of every call before it is answered, as an agent that does harm might.</summary>
    public Action<AgentCall> OnCalled { get; set; } = _ => { };

    /// <summary>Calls that have been made and not answered, and whose caller lives.</summary>
    public List<AgentCall> Out { get; } = [];

    public long Calls { get; private set; }

    public long Failures { get; private set; }

    /// <summary>Answers one call as its caller's process sees it: a call of a process that dies ends with the process.</summary>
    public async ValueTask<AgentAnswer> CallAsync(AgentRequest request, string silo, CancellationToken crashed, CancellationToken cancellationToken)
    {
        var call = new AgentCall(request.Agent, request.WorkflowId, request.StepId, request.Attempt, request.IdempotencyKey, clock.GetUtcNow(), silo);
        Calls++;
        transcript.Line($"{call.Workflow}     -> {call.Agent} {call.Step}#{call.Attempt} key {call.Key} [{silo}]");
        Out.Add(call);
        witness.Called(call);
        var ended = false;
        void End()
        {
            if (!ended)
            {
                ended = true;
                Out.Remove(call);
                witness.Ended(call);
            }
        }

        using var gone = crashed.Register(End);
        try
        {
            OnCalled(call);
            if (crashed.IsCancellationRequested)
            {
                // The process is gone. What stands after this line in its code never runs.
                await new TaskCompletionSource().Task;
            }

            var (wait, answer) = Choose(call);
            await Task.Delay(wait, clock, cancellationToken);
            if (AnswerLater is { } later && request.Completion is { } offer)
            {
                TakeOn(call, offer.Token, later);
                answer = AgentAnswer.Later;
            }

            transcript.Line($"{call.Workflow}     <- {call.Agent} {call.Step}#{call.Attempt} {(answer is AgentAnswer.Failed failed ? failed.Failure.Code : "ok")}");
            return answer;
        }
        finally
        {
            End();
        }
    }

    // An agent knows a repeated call by its key, and goes on with what it has begun.
    private void TakeOn(AgentCall call, string token, TimeSpan later)
    {
        if (!TakenOn.Add(token))
        {
            return;
        }

        Begin(async () =>
        {
            for (var end = clock.GetUtcNow() + later; clock.GetUtcNow() < end;)
            {
                await Task.Delay(HeartbeatEvery, clock);
                await UntilHeardAsync(door => door.HeartbeatAsync(token, new Heartbeat(0.5)));
            }

            await UntilHeardAsync(door => door.CompleteAsync(token, new Completion(OutputOf(call), null, token)));
        });
    }

    private async Task UntilHeardAsync(Func<ICompletionGrain, Task<CompletionReply>> say)
    {
        while (true)
        {
            try
            {
                // What was on its way to a silo that died gets no answer; an agent does not wait for one for ever.
                if ((await say(Door!()).WaitAsync(HeartbeatEvery, clock)).Refusal is not { Code: RefusalCodes.StorageUnavailable })
                {
                    return;
                }
            }
            catch (Exception)
            {
                // Whoever was away is told again.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), clock);
        }
    }

    private (TimeSpan Wait, AgentAnswer Answer) Choose(AgentCall call)
    {
        var output = AgentAnswer.Ok(OutputOf(call));
        if (!IsTroubled)
        {
            return (Takes ?? TimeSpan.FromMilliseconds(1 + chance.Below(200)), output);
        }

        var kind = chance.Below(100);
        Failures += kind < 30 ? 1 : 0;
        return kind switch
        {
            < 12 => (chance.UpTo(TimeSpan.FromSeconds(2)), AgentAnswer.Fail(AgentFailures.Error, "It broke.", retryable: true)),
            < 16 => (chance.UpTo(TimeSpan.FromSeconds(2)), AgentAnswer.Fail("simulated.refused", "It will not.")),
            < 22 => (TimeSpan.FromDays(1), output),
            < 30 => (TimeSpan.FromSeconds(10) + chance.UpTo(TimeSpan.FromSeconds(40)), output),
            < 60 => (chance.UpTo(TimeSpan.FromSeconds(5)), output),
            _ => (chance.UpTo(TimeSpan.FromMilliseconds(300)), output),
        };
    }

    /// <summary>An output that says which call gave it, so that a checker knows an outcome that was taken for another attempt's.</summary>
    public static Payload OutputOf(AgentCall call) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $$"""{"key":"{{call.Key}}","attempt":{{call.Attempt}}}""")));
}
