using System.Text;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Specs.Expressions;

/// <summary>A small world for expressions to look at.</summary>
internal static class Sample
{
    public static Payload Json(string json) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(json));

    public static EvaluationContext Context { get; } = new(
        Json("""{"text":"hello","n":3,"zero":0,"empty":"","list":[1,2.0,"x",{"k":[true]}],"nothing":null,"odd name":{"a/b":1},"quote":"say \"hi\"","half":"\ud800","huge":1e400}"""),
        id => id switch
        {
            "a" => new StepResult(StepStatus.Completed, Json("""{"x":[{"y":7},{"y":"${{ input.text }}"}],"big":12345678901234567890}""")),
            "b-2" => new StepResult(StepStatus.TimedOut, Payload.Null, new DateTimeOffset(2026, 1, 31, 13, 0, 0, 5, TimeSpan.FromHours(1))),
            "c.d" => new StepResult(StepStatus.Skipped, Json("[]")),
            _ => null,
        });

    public static EvaluationContext InFanOut { get; } = Context with { Item = Json("""{"id":5}"""), Index = 2 };

    public static EvaluationContext InFallback { get; } = Context with { Failure = new StepFailure("agent.timeout", "It took \"long\".", true) };

    public static EvaluationContext InCompensation { get; } = Context with { Output = Json("""{"ticket":9}""") };
}
