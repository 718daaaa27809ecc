using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Simulation.People;

/// <summary>Plans as people might write them: valid, of every kind of step, nested at most three deep.</summary>
/// <param name="votes">Decides how many persons an approval takes, and who.</param>
internal sealed class RandomPlans(SimulatedChance chance, SimulatedChance votes)
{
    /// <summary>The agents plans name, with the calls each takes at a time.</summary>
    public static ImmutableArray<(string Name, int Concurrency)> Agents { get; } = [("alpha", 2), ("beta", 1), ("gamma", 4)];

    /// <summary>The names of all who may be in a world.</summary>
    public static ImmutableArray<string> People { get; } = [.. Enumerable.Range(0, 8).Select(NameOf)];

    private const int DepthMax = 3;
    private int names;

    public static string NameOf(int person) => string.Create(CultureInfo.InvariantCulture, $"p{person}");

    public Plan Any(int stepsMax = 12) => Plan(depth: 0, stepsMax);

    public Payload Input() =>
        Json($$"""{"items":[{{string.Join(',', Enumerable.Range(0, chance.Below(5)))}}],"flag":{{(chance.Happens(0.5) ? "true" : "false")}},"n":{{chance.Below(10)}}}""");

    private Plan Plan(int depth, int stepsMax)
    {
        var sequential = chance.Happens(0.3);
        var count = 1 + chance.Below(Math.Max(1, stepsMax >> depth));
        var steps = ImmutableArray.CreateBuilder<Step>(count);
        for (var i = 0; i < count; i++)
        {
            steps.Add(Step($"s{i}", sequential ? [.. steps.Select(step => step.Id).TakeLast(1)] : Dependencies(steps), sequential, depth));
        }

        return new Plan(
            $"plan-{names++}",
            steps.ToImmutable(),
            sequential ? PlanMode.Sequential : PlanMode.Dag,
            Timeout: chance.Happens(0.15) ? Milliseconds(5_000, 120_000) : null,
            FallbackPlan: depth < DepthMax && chance.Happens(0.2) ? Plan(depth + 1, stepsMax) : null);
    }

    private ImmutableArray<string> Dependencies(ImmutableArray<Step>.Builder earlier) =>
        [.. earlier.Where(_ => chance.Happens(1.5 / (earlier.Count + 1))).Select(step => step.Id)];

    private Step Step(string id, ImmutableArray<string> after, bool sequential, int depth)
    {
        var step = new Step(id, Dependencies: sequential ? default : after);
        step = chance.Below(20) switch
        {
            0 or 1 => step with { Sleep = Milliseconds(10, 40_000) },
            2 => step with { Approval = Approval() },
            3 => step with { Signal = "go", Timeout = chance.Happens(0.5) ? Milliseconds(1_000, 60_000) : null },
            4 when depth < DepthMax => step with { SubPlan = Plan(depth + 1, 6), Input = Reference(after) },
            5 or 6 => Call(step, after) with { ForEach = new ForEach(Json("\"${{ default(input.items, '') }}\""), chance.Happens(0.5) ? 1 + chance.Below(3) : null) },
            _ => Call(step, after),
        };
        step = chance.Happens(0.15) ? step with { When = chance.Happens(0.5) ? "input.flag" : "input.n > 4" } : step;
        step = chance.Below(10) switch
        {
            0 or 1 => step with { OnFailure = OnFailure.Continue },
            2 or 3 => step with { OnFailure = OnFailure.Compensate },
            4 or 5 => step with { OnFailure = OnFailure.Fallback, Fallback = Instead(depth) },
            _ => step,
        };
        return step.Kind == StepKind.Call && chance.Happens(0.3)
            ? step with { Compensate = new Compensation(AnyAgent(), "undo", Json("""{"was":"${{ output }}"}"""), Retry()) }
            : step;
    }

    private ApprovalRequest Approval()
    {
        var asked = new ApprovalRequest("May it?", Expires: chance.Happens(0.5) ? Milliseconds(1_000, 60_000) : null);
        if (votes.Happens(0.4))
        {
            return asked;
        }

        asked = asked with
        {
            Quorum = 1 + votes.Below(3),
            Rejections = votes.Happens(0.5) ? 1 + votes.Below(3) : null,
            OnExpiry = asked.Expires is null ? null : (OnExpiry)(1 + votes.Below(3)),
        };
        if (votes.Happens(0.5))
        {
            return asked;
        }

        asked = asked with { Approvers = [.. People.Take(3)] };
        ImmutableArray<string> others = [.. People.Skip(3).Take(2)];
        return votes.Below(3) switch
        {
            0 when asked.Expires is not null => asked with { OnExpiry = OnExpiry.Escalate, Escalate = new Escalation(others) },
            1 => asked with { Escalate = new Escalation(others, asked.Expires / 2 ?? TimeSpan.FromSeconds(5)) },
            _ => asked,
        };
    }

    private Step Call(Step step, ImmutableArray<string> after) => step with
    {
        AgentId = AnyAgent(),
        Action = "do",
        Input = Reference(after),
        Retry = Retry(),
        Timeout = chance.Happens(0.7) ? Milliseconds(500, 20_000) : null,
        OnUnknown = chance.Happens(0.1) ? OnUnknown.Fail : OnUnknown.Repeat,
    };

    private StepFallback Instead(int depth) => depth < DepthMax && chance.Happens(0.4)
        ? new StepFallback(Plan: Plan(depth + 1, 4))
        : new StepFallback(AnyAgent(), "instead");

    private RetryPolicy? Retry() => chance.Below(4) switch
    {
        0 => null,
        1 => new RetryPolicy(1 + chance.Below(4), Backoff.Linear, Milliseconds(50, 3_000)),
        2 => new RetryPolicy(1 + chance.Below(4), Backoff.Fixed, Milliseconds(50, 3_000), Jitter: 0.5),
        _ => new RetryPolicy(1 + chance.Below(5), Backoff.Exponential, Milliseconds(50, 2_000), Coefficient: 2, MaxInterval: chance.Happens(0.5) ? TimeSpan.FromSeconds(10) : null),
    };

    private Payload? Reference(ImmutableArray<string> after) => after.IsDefaultOrEmpty || chance.Happens(0.3)
        ? Json("""{"n":"${{ input.n }}"}""")
        : Json(string.Create(CultureInfo.InvariantCulture, $$$"""{"n":1,"items":[1,2],"flag":true,"of":"${{ steps.{{{after[^1]}}}.output }}"}"""));

    private string AnyAgent() => Agents[chance.Below(Agents.Length)].Name;

    private TimeSpan Milliseconds(int from, int to) => TimeSpan.FromMilliseconds(from + chance.Below(to - from));

    private static Payload Json(string text) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(text));
}
