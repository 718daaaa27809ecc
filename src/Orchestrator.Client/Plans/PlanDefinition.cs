using System.Linq.Expressions;
using System.Text.Json.Nodes;

namespace Orchestrator.Client.Plans;

/// <summary>A plan, with the types of what it takes and gives.</summary>
public sealed class PlanDefinition<TInput, TOutput>
{
    private readonly string json;

    internal PlanDefinition(string id, string json) => (Id, this.json) = (id, json);

    public string Id { get; }

    /// <summary>The plan in the plan language (docs/plans.md). The orchestrator checks it when it is started.</summary>
    public string ToJson() => json;
}

public static class PlanDefinition
{
    /// <summary>Defines a plan in C#.</summary>
    /// <param name="build">Adds the steps, and gives an expression of the plan's output.</param>
    /// <param name="timeout">For the whole plan.</param>
    /// <exception cref="NotSupportedException">What a step is given, or the output, has a part that is neither a value nor a path.</exception>
    /// <example>
    /// <code>
    /// var plan = PlanDefinition.Of&lt;Essay, Report&gt;("essay", plan =>
    /// {
    ///     var summary = plan.Step("summary", Summarize, () => new SummaryInput(plan.Input.Text, 2));
    ///     var terms = plan.Step("terms", KeyTerms, () => new TermsInput(plan.Input.Text));
    ///     return () => new Report(summary.Output.Summary, terms.Output.Terms);
    /// });
    /// </code>
    /// </example>
    public static PlanDefinition<TInput, TOutput> Of<TInput, TOutput>(string id, Func<PlanBuilder<TInput>, Expression<Func<TOutput>>> build, TimeSpan? timeout = null)
    {
        var builder = new PlanBuilder<TInput>();
        var output = new TemplateText($"The output of plan '{id}'").Write(build(builder).Body);
        var document = new JsonObject { ["id"] = id, ["parallel"] = true, ["steps"] = builder.Steps, ["output"] = output };
        if (timeout is { } limit)
        {
            document["timeout"] = (long)limit.TotalMilliseconds;
        }

        return new(id, document.ToJsonString());
    }
}
