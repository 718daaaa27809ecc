using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Client.Plans;

/// <summary>Turns what a step is given, written as a C# expression, into a template of the plan language.</summary>
/// <remarks>Objects and arrays are followed, paths become <c>${{ … }}</c>, values are written as they are. Work has no place in a template: it belongs in an agent.</remarks>
internal sealed class TemplateText(string of)
{
    private readonly HashSet<string> steps = [];

    /// <summary>The steps whose outputs were used.</summary>
    public IReadOnlyCollection<string> Steps => steps;

    /// <exception cref="NotSupportedException">A part is neither a value nor a path.</exception>
    public JsonNode? Write(Expression expression)
    {
        if (!PlanReference.IsIn(expression))
        {
            return Escaped(JsonSerializer.SerializeToNode(PlanReference.Evaluate(expression), ClientJson.Options));
        }

        if (PlanReference.Of(expression) is { } reference)
        {
            return JsonValue.Create($"${{{{ {Note(reference)} }}}}");
        }

        return expression switch
        {
            UnaryExpression { NodeType: ExpressionType.Convert } cast => Write(cast.Operand),
            MemberInitExpression made => Write(made),
            NewExpression made => Write(made),
            NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => new JsonArray([.. array.Expressions.Select(Write)]),
            ListInitExpression list => new JsonArray([.. list.Initializers.Select(item => Write(item.Arguments.Single()))]),
            _ => throw new NotSupportedException($"{of}: '{expression}' is neither a value nor a path into the plan's input or a step's output. Work such as this belongs in an agent."),
        };
    }

    /// <summary>An expression of the plan language that is exactly one path.</summary>
    public string WritePath(Expression expression) => PlanReference.Of(expression) is { } reference
        ? $"${{{{ {Note(reference)} }}}}"
        : throw new NotSupportedException($"{of}: '{expression}' is not a path into the plan's input or a step's output.");

    public static string Escaped(string text) => text.Replace("${{", "$${{", StringComparison.Ordinal);

    private string Note(PlanReference reference)
    {
        if (reference.Step is { } step)
        {
            steps.Add(step);
        }

        return reference.Path;
    }

    private JsonObject Write(MemberInitExpression made)
    {
        var written = Write(made.NewExpression);
        foreach (var binding in made.Bindings)
        {
            written[JsonNames.Of(binding.Member)] = binding is MemberAssignment given
                ? Write(given.Expression)
                : throw new NotSupportedException($"{of}: '{binding}' gives '{binding.Member.Name}' no value of its own.");
        }

        return written;
    }

    private JsonObject Write(NewExpression made)
    {
        var written = new JsonObject();
        var names = made.Members?.Select(JsonNames.Of) ?? made.Constructor?.GetParameters().Select(parameter => JsonNames.Of(PropertyOf(made.Type, parameter))) ?? [];
        foreach (var (name, argument) in names.Zip(made.Arguments))
        {
            written[name] = Write(argument);
        }

        return written;
    }

    private MemberInfo PropertyOf(Type type, ParameterInfo parameter) =>
        type.GetProperty(parameter.Name!, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)
        ?? throw new NotSupportedException($"{of}: the parameter '{parameter.Name}' of {type.Name} stands for none of its properties.");

    private static JsonNode? Escaped(JsonNode? node)
    {
        switch (node)
        {
            case JsonValue value when value.TryGetValue<string>(out var text):
                return JsonValue.Create(Escaped(text));
            case JsonObject members:
                foreach (var (name, value) in members.ToArray())
                {
                    members[name] = Escaped(value?.DeepClone());
                }

                return members;
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Escaped(item?.DeepClone()))]);
            default:
                return node;
        }
    }
}
