using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Decisions.Expressions;

/// <summary>What may stand between <c>${{</c> and <c>}}</c>. Closed: there is nothing here that could reach the host.</summary>
public abstract record Expression
{
    private Expression()
    {
    }

    /// <summary>A JSON number, text, <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public sealed record Literal(Payload Value) : Expression;

    /// <summary>A reference: where it begins, and the way from there.</summary>
    /// <param name="StepId">Where <paramref name="Root"/> is <see cref="ExpressionRoot.StepOutput"/>, <see cref="ExpressionRoot.StepStatus"/> or <see cref="ExpressionRoot.StepFinishedAt"/>.</param>
    /// <param name="Offset">Where it stands in its expression, in characters.</param>
    public sealed record Path(ExpressionRoot Root, string? StepId, ImmutableArray<PathSegment> Segments, int Offset) : Expression;

    public sealed record Not(Expression Operand) : Expression;

    public sealed record Comparison(ComparisonOperator Operator, Expression Left, Expression Right) : Expression;

    /// <summary><c>a &amp;&amp; b &amp;&amp; …</c>, a list and not a tree, so that a long one costs no stack.</summary>
    public sealed record All(ImmutableArray<Expression> Operands) : Expression;

    /// <summary><c>a || b || …</c></summary>
    public sealed record Any(ImmutableArray<Expression> Operands) : Expression;

    public sealed record Call(ExpressionFunction Function, ImmutableArray<Expression> Arguments) : Expression;

    /// <summary>The expression in its one canonical spelling; reading that gives the same expression again.</summary>
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Print(this, text);
        return text.ToString();
    }

    private static void Print(Expression expression, StringBuilder text)
    {
        switch (expression)
        {
            case Literal literal:
                text.Append(literal.Value.ToString());
                break;
            case Path path:
                PrintPath(path, text);
                break;
            case Not not:
                text.Append('!');
                PrintInside(not.Operand, 3, text);
                break;
            case Comparison comparison:
                PrintInside(comparison.Left, 3, text);
                text.Append(' ').Append(ExpressionWords.Spell(comparison.Operator)).Append(' ');
                PrintInside(comparison.Right, 3, text);
                break;
            case All all:
                PrintList(all.Operands, " && ", 2, text);
                break;
            case Any any:
                PrintList(any.Operands, " || ", 1, text);
                break;
            case Call call:
                text.Append(ExpressionWords.Spell(call.Function)).Append('(');
                PrintList(call.Arguments, ", ", 0, text);
                text.Append(')');
                break;
        }
    }

    // Parentheses stand only where the reader needed them, so that printing never makes an expression deeper.
    private static void PrintInside(Expression expression, int outer, StringBuilder text)
    {
        var binding = expression switch { Any => 1, All => 2, Comparison => 3, _ => 4 };
        text.Append(binding <= outer ? "(" : "");
        Print(expression, text);
        text.Append(binding <= outer ? ")" : "");
    }

    private static void PrintList(ImmutableArray<Expression> expressions, string between, int outer, StringBuilder text)
    {
        for (var i = 0; i < expressions.Length; i++)
        {
            text.Append(i == 0 ? "" : between);
            PrintInside(expressions[i], outer, text);
        }
    }

    private static void PrintPath(Path path, StringBuilder text)
    {
        if (path.StepId is { } id)
        {
            text.Append("steps");
            PrintMember(id, text);
            text.Append(path.Root switch { ExpressionRoot.StepStatus => ".status", ExpressionRoot.StepFinishedAt => ".finishedAt", _ => ".output" });
        }
        else
        {
            text.Append(ExpressionWords.Spell(path.Root));
        }

        foreach (var segment in path.Segments)
        {
            if (segment.Member is { } member)
            {
                PrintMember(member, text);
            }
            else
            {
                text.Append('[').Append(segment.Index.ToString(CultureInfo.InvariantCulture)).Append(']');
            }
        }
    }

    private static void PrintMember(string name, StringBuilder text)
    {
        if (name.Length > 0 && name.All(ExpressionWords.IsNamePart))
        {
            text.Append('.').Append(name);
        }
        else
        {
            text.Append('[').Append(Quote(name)).Append(']');
        }
    }

    private static string Quote(string text) => "\"" + JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";
}

/// <summary>One step of the way into a JSON value: a member by name, or an item by its place from 0.</summary>
public readonly record struct PathSegment(string? Member, int Index)
{
    public static PathSegment Of(string member) => new(member, 0);

    public static PathSegment Of(int index) => new(null, index);
}

/// <summary>Where a reference begins.</summary>
public enum ExpressionRoot
{
    Input = 1,
    StepOutput = 2,
    StepStatus = 3,
    Item = 4,
    Index = 5,
    Output = 6,
    Failure = 7,
    StepFinishedAt = 8,
}

public enum ComparisonOperator
{
    Equal = 1,
    NotEqual = 2,
    Less = 3,
    LessOrEqual = 4,
    Greater = 5,
    GreaterOrEqual = 6,
}

public enum ExpressionFunction
{
    /// <summary>Characters of a text, items of an array, members of an object; 0 for null.</summary>
    Length = 1,

    /// <summary>Whether a text holds a text, an array an item, an object a member of that name; false for null.</summary>
    Contains = 2,

    /// <summary>The first argument, or the second where the first is null.</summary>
    Default = 3,
}
