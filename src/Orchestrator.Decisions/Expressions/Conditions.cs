namespace Orchestrator.Decisions.Expressions;

/// <summary>What became of a condition.</summary>
/// <param name="Problem">Names the condition and what was found; null when there is an answer.</param>
public readonly record struct ConditionResult(bool Value, string? Problem)
{
    public bool Succeeded => Problem is null;
}

/// <summary>Judges conditions. Pure.</summary>
public static class Conditions
{
    /// <summary>Evaluates one expression, with or without <c>${{ }}</c> around it: null, false, 0, "" and what is empty are false, everything else true.</summary>
    public static ConditionResult Evaluate(string expression, EvaluationContext context)
    {
        var (parsed, problem) = Read(expression);
        if (problem is not null)
        {
            return new(false, $"'{Templates.Excerpt(expression)}', character {problem.Offset}: {problem.Message}");
        }

        var evaluator = new Evaluator(context);
        var value = evaluator.Evaluate(parsed!);
        return evaluator.Problem is { } found
            ? new(false, $"'{Templates.Excerpt(expression)}': {found}.")
            : new(Evaluator.IsTrue(value), null);
    }

    internal static ParsedExpression Read(string expression)
    {
        if (expression.Contains(TemplateText.Opening, StringComparison.Ordinal))
        {
            var text = TemplateText.Of(expression.Trim());
            return text.Problem is null && text.Only is null
                ? new(null, new(0, $"A condition is one expression; write the operators inside one '{TemplateText.Opening} {TemplateText.Closing}'."))
                : new(text.Only?.Expression, text.Problem);
        }

        // Bare conditions share the memory of parsed texts under the spelling with braces.
        var inside = TemplateText.Of($"{TemplateText.Opening}{expression}{TemplateText.Closing}");
        return inside switch
        {
            { Problem: null, Only: { } only } => new(only.Expression, null),
            { Problem: { } problem } when problem.Offset >= TemplateText.Opening.Length =>
                new(null, problem with { Offset = problem.Offset - TemplateText.Opening.Length }),
            _ => ExpressionParser.Parse(expression) is { Problem: { } problem } ? new(null, problem) : new(null, new(0, "A condition is one expression.")),
        };
    }
}
