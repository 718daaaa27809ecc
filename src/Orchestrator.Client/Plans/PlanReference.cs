using System.Collections;
using System.Globalization;
using System.Linq.Expressions;
using System.Text.RegularExpressions;

namespace Orchestrator.Client.Plans;

/// <summary>A path into the plan's input, a step's output or an item, as the plan language writes it.</summary>
/// <param name="Step">The step whose output it is; null for another.</param>
internal sealed partial record PlanReference(string Path, string? Step)
{
    public static InvalidOperationException Misused(string what) =>
        new($"{what} has no value while the plan is being defined. It can stand in the expressions that say what a step is given.");

    /// <summary>Null where the expression is something else.</summary>
    public static PlanReference? Of(Expression expression) => expression switch
    {
        UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } cast => Of(cast.Operand),
        ParameterExpression => new("item", null),
        MemberExpression { Expression: { } owner } member when IsStepOutput(member) => OfStep(((IPlanStep)Evaluate(owner)!).Id),
        MemberExpression member when IsPlanInput(member) => new("input", null),
        MemberExpression { Expression: { } owner, Member.Name: "Length" or "Count" } when IsList(owner.Type) && Of(owner) is { } list => list with { Path = $"length({list.Path})" },
        MemberExpression { Expression: { } owner } member when Of(owner) is { } whole => whole with { Path = whole.Path + Member(JsonNames.Of(member.Member)) },
        BinaryExpression { NodeType: ExpressionType.ArrayIndex } index when Of(index.Left) is { } array => array with { Path = array.Path + Index(index.Right) },
        MethodCallExpression { Method.Name: "get_Item", Object: { } owner, Arguments: [var at] } when Of(owner) is { } list => list with { Path = list.Path + Index(at) },
        _ => null,
    };

    /// <summary>Somewhere in the expression stands something that has its value only when the plan runs.</summary>
    public static bool IsIn(Expression expression)
    {
        var search = new Search();
        search.Visit(expression);
        return search.Found;
    }

    public static object? Evaluate(Expression expression) =>
        expression is ConstantExpression constant ? constant.Value : Expression.Lambda(expression).Compile(preferInterpretation: true).DynamicInvoke();

    private static PlanReference OfStep(string step) => new($"steps{Member(step)}.output", step);

    private static bool IsStepOutput(MemberExpression member) =>
        member.Member is { Name: nameof(PlanStep<int>.Output), DeclaringType: { IsGenericType: true } type } && type.GetGenericTypeDefinition() == typeof(PlanStep<>);

    private static bool IsPlanInput(MemberExpression member) =>
        member.Member is { Name: nameof(PlanBuilder<int>.Input), DeclaringType: { IsGenericType: true } type } && type.GetGenericTypeDefinition() == typeof(PlanBuilder<>);

    private static bool IsList(Type type) => type == typeof(string) || typeof(IEnumerable).IsAssignableFrom(type);

    private static string Member(string name) => Plain().IsMatch(name) ? "." + name : $"[{System.Text.Json.JsonSerializer.Serialize(name)}]";

    private static string Index(Expression at) => IsIn(at)
        ? throw new NotSupportedException($"The place '{at}' is known when the plan is defined.")
        : Evaluate(at) is string name ? Member(name) : string.Create(CultureInfo.InvariantCulture, $"[{Evaluate(at)}]");

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_-]*$")]
    private static partial Regex Plain();

    private sealed class Search : ExpressionVisitor
    {
        public bool Found { get; private set; }

        public override Expression? Visit(Expression? node)
        {
            Found |= node is ParameterExpression || (node is MemberExpression member && (IsStepOutput(member) || IsPlanInput(member)));
            return Found ? node : base.Visit(node);
        }
    }
}
