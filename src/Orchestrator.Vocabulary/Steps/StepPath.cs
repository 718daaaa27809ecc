using System.Globalization;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Steps;

/// <summary>Where a step stands in its workflow: the plan it belongs to, its id there, and which item of a fan-out it is.</summary>
/// <remarks>
/// <c>quiz</c> is a step of the workflow's own plan; <c>grade[3]</c> the fourth item of a fan-out; <c>unit/quiz</c> the step <c>quiz</c> of the
/// sub-plan that step <c>unit</c> runs; <c>~fallback/quiz</c> a step of the fallback plan. Step ids hold no '/', '[', '~', so paths are unambiguous.
/// The root plan's own scope is the empty path.
/// </remarks>
[GenerateSerializer, Immutable, Alias("step-path")]
[JsonConverter(typeof(StepPathJsonConverter))]
public readonly record struct StepPath([property: Id(0)] string Value)
{
    /// <summary>The name under which the fallback of a plan runs.</summary>
    public const string Fallback = "~fallback";

    /// <summary>The name under which the fallback of one step runs.</summary>
    public const string StepFallback = "~instead";

    /// <summary>The name under which what a step did is undone.</summary>
    public const string Compensation = "~undo";

    public static StepPath Root { get; } = new("");

    public bool IsRoot => string.IsNullOrEmpty(Value);

    /// <summary>The last segment.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>What the last segment stands in; the root for a path of one segment.</summary>
    public StepPath Parent => new(Value[..Math.Max(Value.LastIndexOf('/'), 0)]);

    public StepPath Child(string name) => new(IsRoot ? name : Value + "/" + name);

    public StepPath Item(int index) => new(Value + "[" + index.ToString(CultureInfo.InvariantCulture) + "]");

    public override string ToString() => Value;
}
