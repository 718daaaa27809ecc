using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Expressions;

/// <summary>Interprets the expressions of one template or condition, on one supply of fuel. Every value is JSON; the first problem ends it.</summary>
internal sealed class Evaluator(EvaluationContext context)
{
    private static readonly Payload True = Payload.From(true);
    private static readonly Payload False = Payload.From(false);
    private static readonly ImmutableArray<Payload> StatusTexts =
        [.. Enum.GetValues<StepStatus>().Select(s => Payload.From(JsonNamingPolicy.SnakeCaseLower.ConvertName(s.ToString())))];

    private int fuel = ExpressionLimits.Fuel;

    /// <summary>Why the last value is none; null while all is well.</summary>
    public string? Problem { get; private set; }

    public Payload Evaluate(Expression expression)
    {
        if (!Spend(0))
        {
            return default;
        }

        try
        {
            return expression switch
            {
                Expression.Literal literal => literal.Value,
                Expression.Path path => Follow(path),
                Expression.Not not => Of(!IsTrue(Evaluate(not.Operand))),
                Expression.Comparison comparison => Compare(comparison),
                Expression.All all => Of(EveryOne(all.Operands)),
                Expression.Any any => Of(AnyOne(any.Operands)),
                Expression.Call call => Call(call),
                _ => throw new InvalidOperationException($"There is an expression nobody evaluates: {expression.GetType().Name}."),
            };
        }
        catch (JsonException exception)
        {
            return Fail($"a value it refers to is deeper than {ExpressionLimits.ResultDepthMax} or no JSON: {exception.Message}");
        }
    }

    /// <summary>false, null, 0, "" and what is empty are false; everything else is true.</summary>
    public static bool IsTrue(Payload value) => JsonValues.KindOf(value) switch
    {
        JsonValueKind.False or JsonValueKind.Null => false,
        JsonValueKind.Number => JsonValues.CompareNumbers(value, Payload.From(0)) != 0,
        JsonValueKind.String => !value.Utf8.Span.Trim(" \t\r\n"u8).SequenceEqual("\"\""u8),
        JsonValueKind.Array or JsonValueKind.Object => JsonValues.Count(value) > 0,
        _ => true,
    };

    private Payload Follow(Expression.Path path)
    {
        var start = path.Root switch
        {
            ExpressionRoot.Input => context.Input,
            ExpressionRoot.Item => context.Item ?? Fail("'item' is known only in a step with forEach"),
            ExpressionRoot.Index => context.Index is { } index ? Payload.From(index) : Fail("'index' is known only in a step with forEach"),
            ExpressionRoot.Output => context.Output ?? Fail("'output' is known only where a step is undone"),
            ExpressionRoot.Failure => OfFailure(),
            _ => OfStep(path.Root, path.StepId!),
        };
        if (Problem is not null || !Spend(path.Segments.IsEmpty ? 0 : start.Length))
        {
            return default;
        }

        var found = JsonValues.Find(start, path.Segments);
        return found.IsNull && LinkOnTheWay(start, path.Segments) is { } link ? Fail(link) : found;
    }

    // What a link leads to is not here, and null would be a wrong answer.
    private string? LinkOnTheWay(Payload start, ImmutableArray<PathSegment> way)
    {
        for (var length = 0; BlobLink.MayStandIn(start) && length < way.Length && Spend(start.Length); length++)
        {
            if (BlobLink.Of(JsonValues.Find(start, way[..length])) is { } link)
            {
                var size = link.Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $" of {bytes:N0} bytes") : "";
                return $"it looks into a link to a blob{size}, whose content is not in the journal: give the whole value to a step, whose agent gets the content, or have the agent answer with less";
            }
        }

        return null;
    }

    private Payload OfFailure() => context.Failure is { } failure
        ? Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(new JsonObject { ["code"] = failure.Code, ["message"] = failure.Message }.ToJsonString()))
        : Fail("'failure' is known only in a fallback");

    private Payload OfStep(ExpressionRoot root, string id)
    {
        if (context.Step(id) is not { } step)
        {
            return Fail($"there is no step '{id}'");
        }

        return root switch
        {
            ExpressionRoot.StepStatus => StatusTexts[(int)step.Status],
            ExpressionRoot.StepFinishedAt => step.FinishedAt is { } at ? Payload.From(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)) : Payload.Null,
            _ => step.Output,
        };
    }

    private bool EveryOne(ImmutableArray<Expression> operands)
    {
        foreach (var operand in operands)
        {
            if (!IsTrue(Evaluate(operand)) || Problem is not null)
            {
                return false;
            }
        }

        return true;
    }

    private bool AnyOne(ImmutableArray<Expression> operands)
    {
        foreach (var operand in operands)
        {
            if (IsTrue(Evaluate(operand)) || Problem is not null)
            {
                return true;
            }
        }

        return false;
    }

    private Payload Compare(Expression.Comparison comparison)
    {
        var left = Evaluate(comparison.Left);
        var right = Evaluate(comparison.Right);
        if (Problem is not null || !Spend(left.Length + right.Length))
        {
            return default;
        }

        if (comparison.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual)
        {
            return Of(AreEqual(left, right) == (comparison.Operator == ComparisonOperator.Equal));
        }

        return Order(comparison.Operator, left, right) is not { } order ? default : Of(comparison.Operator switch
        {
            ComparisonOperator.Less => order < 0,
            ComparisonOperator.LessOrEqual => order <= 0,
            ComparisonOperator.Greater => order > 0,
            _ => order >= 0,
        });
    }

    private int? Order(ComparisonOperator comparison, Payload left, Payload right)
    {
        var (a, b) = (JsonValues.KindOf(left), JsonValues.KindOf(right));
        int? order = null;
        if (a == JsonValueKind.Number && b == JsonValueKind.Number)
        {
            order = JsonValues.CompareNumbers(left, right);
            if (order is null)
            {
                Fail("a number is out of range");
            }
        }
        else if (a == JsonValueKind.String && b == JsonValueKind.String)
        {
            order = Text(left) is { } x && Text(right) is { } y ? string.CompareOrdinal(x, y) : null;
        }
        else
        {
            Fail($"'{ExpressionWords.Spell(comparison)}' compares two numbers or two texts, found {JsonValues.Name(a)} and {JsonValues.Name(b)}"
                + (a == JsonValueKind.Null || b == JsonValueKind.Null ? "; default(x, y) stands in for a missing value" : ""));
        }

        return order;
    }

    private bool AreEqual(Payload left, Payload right)
    {
        var kind = JsonValues.KindOf(left);
        if (kind != JsonValues.KindOf(right))
        {
            return false;
        }

        if (kind is JsonValueKind.Number)
        {
            return JsonValues.CompareNumbers(left, right) is { } order ? order == 0 : left == right;
        }

        if (left == right)
        {
            return true;
        }

        if (kind is JsonValueKind.String)
        {
            return Text(left) is { } a && Text(right) is { } b && a == b;
        }

        if (kind is not (JsonValueKind.Array or JsonValueKind.Object))
        {
            return true;
        }

        try
        {
            using var first = left.Parse();
            using var second = right.Parse();
            return JsonElement.DeepEquals(first.RootElement, second.RootElement);
        }
        catch (InvalidOperationException)
        {
            Fail("a text in a value it compares is not Unicode");
            return false;
        }
    }

    private Payload Call(Expression.Call call)
    {
        var first = Evaluate(call.Arguments[0]);
        if (Problem is not null || !Spend(first.Length))
        {
            return default;
        }

        switch (call.Function)
        {
            case ExpressionFunction.Default:
                return first.IsNull ? Evaluate(call.Arguments[1]) : first;
            case ExpressionFunction.Length:
                return Length(first);
            default:
                var second = Evaluate(call.Arguments[1]);
                return Problem is null && Spend(second.Length) ? Contains(first, second) : default;
        }
    }

    private Payload Length(Payload value)
    {
        var kind = JsonValues.KindOf(value);
        return kind switch
        {
            JsonValueKind.Null => Of(0),
            JsonValueKind.Array or JsonValueKind.Object => Of(JsonValues.Count(value)),
            JsonValueKind.String => Text(value) is { } text ? Of(text.EnumerateRunes().Count()) : default,
            _ => Fail($"length takes a text, an array or an object, found {JsonValues.Name(kind)}"),
        };
    }

    private Payload Contains(Payload whole, Payload part)
    {
        var kind = JsonValues.KindOf(whole);
        switch (kind)
        {
            case JsonValueKind.Null:
                return False;
            case JsonValueKind.Array:
                return ContainsItem(whole, part);
            case JsonValueKind.String or JsonValueKind.Object when JsonValues.KindOf(part) == JsonValueKind.String:
                return (kind, Text(part)) switch
                {
                    (_, null) => default,
                    (JsonValueKind.Object, { } name) => Of(JsonValues.HasMember(whole, name)),
                    (_, { } text) => Text(whole) is { } searched ? Of(searched.Contains(text, StringComparison.Ordinal)) : default,
                };
            default:
                return Fail($"contains takes an array, or a text or an object and a text, found {JsonValues.Name(kind)} and {JsonValues.Name(JsonValues.KindOf(part))}");
        }
    }

    private Payload ContainsItem(Payload array, Payload item)
    {
        var reader = new Utf8JsonReader(array.Utf8.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!Spend(item.Length))
            {
                return default;
            }

            if (AreEqual(Payload.FromTrustedUtf8(array.Utf8[start..(int)reader.BytesConsumed]), item))
            {
                return True;
            }
        }

        return False;
    }

    private string? Text(Payload value)
    {
        if (JsonValues.TryText(value, out var text))
        {
            return text;
        }

        Fail("a text it refers to is not Unicode");
        return null;
    }

    private bool Spend(int bytes)
    {
        fuel -= 1 + (bytes / ExpressionLimits.BytesPerUnit);
        if (fuel < 0)
        {
            Fail("it takes more work than an expression may");
        }

        return Problem is null;
    }

    private Payload Fail(string problem)
    {
        Problem ??= problem;
        return default;
    }

    private static Payload Of(bool value) => value ? True : False;

    private static Payload Of(int value) => Payload.FromTrustedUtf8(Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
}
