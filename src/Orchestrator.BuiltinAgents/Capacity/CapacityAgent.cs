using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Capacity;

/// <summary>Says how many instances a load needs. It changes no machine.</summary>
internal sealed class CapacityAgent(BuiltinAgentOptions options) : IAgent
{
    private const int ServersMax = 100_000;
    private const double NumberMax = 1e6;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "infrastructure_agent",
        "Says how many instances a load needs so that calls wait no longer than they may (Erlang C).",
        Actions: ["plan_capacity", "manage_infrastructure"],
        Keywords: ["capacity", "infrastructure", "scale", "instances"],
        Input: """
            callsPerSecond: number — more than 0
            secondsPerCall: number — more than 0; of work, without waiting
            waitMax: number = 1 — seconds a call may wait on average, more than 0
            callsPerInstance: integer = 1 — how many an instance works on at a time, 1 to 10,000
            """,
        Output: "instances: integer\nutilization: number — 0 to 1\nwaitSeconds: number — on average\nshareWaiting: number — of calls that wait at all, 0 to 1");

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        if (ServiceInItsPlace.For(input, Descriptor, "plans capacity and touches no machine", "a service that may change machines", "callsPerSecond", "secondsPerCall", "waitMax", "callsPerInstance") is { } elsewhere)
        {
            return new(elsewhere);
        }

        var rate = Number(input, "callsPerSecond", fallback: null);
        var work = Number(input, "secondsPerCall", fallback: null);
        var patience = Number(input, "waitMax", fallback: 1);
        var each = input.Integer("callsPerInstance", 1, min: 1, max: 10_000);
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        var load = rate * work;
        if (load >= ServersMax)
        {
            return new(AgentAnswer.Fail(AgentFailures.BadInput, $"infrastructure_agent plans for up to {ServersMax} calls at a time, and this load has {load:0}."));
        }

        // Waiting only shrinks with more servers, so the least that suffices is found by halving.
        var (least, most) = ((int)Math.Floor(load) + 1, ServersMax + 1);
        while (least < most)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var middle = least + ((most - least) / 2);
            (least, most) = ErlangC.Wait(load, middle) * work <= patience ? (least, middle) : (middle + 1, most);
        }

        var instances = (least + each - 1) / each;
        var servers = instances * each;
        return new(AgentJson.Answer(new Output(
            instances, Math.Round(load / servers, 4), Math.Round(ErlangC.Wait(load, servers) * work, 6), Math.Round(ErlangC.ShareWaiting(load, servers), 6))));
    }

    private static double Number(AgentInput input, string name, double? fallback)
    {
        if (input.Find(name) is not { } value)
        {
            if (fallback is null)
            {
                input.Complain($"'{name}'", "a number", "nothing");
            }

            return fallback ?? 1;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is > 0 and <= NumberMax)
        {
            return number;
        }

        input.Complain($"'{name}'", "a number of more than 0 and at most 1,000,000", AgentInput.Describe(value));
        return 1;
    }

    private sealed record Output(int Instances, double Utilization, double WaitSeconds, double ShareWaiting);
}
