using System.Collections.Immutable;

namespace Orchestrator.Decisions.Expressions;

/// <summary>The spelling of what the grammar knows, in one place for its reader and its printer.</summary>
internal static class ExpressionWords
{
    public const string Steps = "steps";

    public static ImmutableArray<string> Roots { get; } = [Steps, "input", "item", "index", "output", "failure"];

    public static ImmutableArray<string> Functions { get; } = ["length", "contains", "default"];

    public static ImmutableArray<string> FailureMembers { get; } = ["code", "message"];

    public static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '-';

    public static ExpressionRoot? RootOf(string word) => word switch
    {
        "input" => ExpressionRoot.Input,
        "item" => ExpressionRoot.Item,
        "index" => ExpressionRoot.Index,
        "output" => ExpressionRoot.Output,
        "failure" => ExpressionRoot.Failure,
        _ => null,
    };

    public static string Spell(ExpressionRoot root) => root switch
    {
        ExpressionRoot.Input => "input",
        ExpressionRoot.Item => "item",
        ExpressionRoot.Index => "index",
        ExpressionRoot.Output => "output",
        ExpressionRoot.Failure => "failure",
        _ => Steps,
    };

    public static ExpressionFunction? FunctionOf(string word) => word switch
    {
        "length" => ExpressionFunction.Length,
        "contains" => ExpressionFunction.Contains,
        "default" => ExpressionFunction.Default,
        _ => null,
    };

    public static string Spell(ExpressionFunction function) => Functions[(int)function - 1];

    public static int ArgumentsOf(ExpressionFunction function) => function == ExpressionFunction.Length ? 1 : 2;

    public static string Spell(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => "==",
        ComparisonOperator.NotEqual => "!=",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        _ => ">=",
    };
}
