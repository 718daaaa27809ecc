using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Decisions.Expressions;

/// <summary>An expression, or why the text is none.</summary>
/// <param name="Problem">Null when there is an expression.</param>
public readonly record struct ParsedExpression(Expression? Expression, ExpressionProblem? Problem);

/// <param name="Offset">Where in the text, in characters from 0.</param>
public sealed record ExpressionProblem(int Offset, string Message, string? Suggestion = null);

/// <summary>Reads an expression, by recursive descent with a bounded depth.</summary>
/// <remarks>
/// <code>
/// any        = all  { "||" all }
/// all        = comparison { "&amp;&amp;" comparison }
/// comparison = unary [ ( "==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=" ) unary ]
/// unary      = "!" unary | primary
/// primary    = number | text | "true" | "false" | "null" | "(" any ")" | function "(" any { "," any } ")" | path
/// path       = root { "." name | "[" index "]" | "[" text "]" }
/// </code>
/// </remarks>
public ref struct ExpressionParser
{
    private static readonly Payload True = Payload.From(true);
    private static readonly Payload False = Payload.From(false);

    private readonly ReadOnlySpan<char> text;
    private int at;
    private int depth;
    private ExpressionProblem? problem;

    private ExpressionParser(ReadOnlySpan<char> text) => this.text = text;

    /// <summary>Reads the text between <c>${{</c> and <c>}}</c>. Never throws.</summary>
    public static ParsedExpression Parse(ReadOnlySpan<char> text)
    {
        if (text.Length > ExpressionLimits.LengthMax)
        {
            return new(null, new(ExpressionLimits.LengthMax, $"An expression has at most {ExpressionLimits.LengthMax} characters, this one has {text.Length}."));
        }

        var parser = new ExpressionParser(text);
        var expression = parser.Any();
        parser.SkipSpace();
        if (parser.problem is null && parser.at < text.Length)
        {
            parser.Unexpected("the end of the expression or an operator");
        }

        return parser.problem is { } problem ? new(null, problem) : new(expression, null);
    }

    private Expression? Any()
    {
        var first = All();
        if (!Take("||"))
        {
            return first;
        }

        var operands = ImmutableArray.CreateBuilder<Expression>();
        operands.Add(first!);
        do
        {
            operands.Add(All()!);
        }
        while (problem is null && Take("||"));
        return problem is null ? new Expression.Any(operands.ToImmutable()) : null;
    }

    private Expression? All()
    {
        var first = Comparison();
        if (!Take("&&"))
        {
            return first;
        }

        var operands = ImmutableArray.CreateBuilder<Expression>();
        operands.Add(first!);
        do
        {
            operands.Add(Comparison()!);
        }
        while (problem is null && Take("&&"));
        return problem is null ? new Expression.All(operands.ToImmutable()) : null;
    }

    private Expression? Comparison()
    {
        var left = Unary();
        if (TakeComparison() is not { } comparison)
        {
            return left;
        }

        var right = Unary();
        if (problem is null && TakeComparison() is not null)
        {
            return Fail(at, "Comparisons do not chain; put '&&' between them or parentheses around one.");
        }

        return problem is null ? new Expression.Comparison(comparison, left!, right!) : null;
    }

    private Expression? Unary()
    {
        SkipSpace();
        if (problem is not null || at >= text.Length || text[at] != '!' || Follows("!="))
        {
            return Primary();
        }

        at++;
        if (!Descend())
        {
            return null;
        }

        var operand = Unary();
        depth--;
        return problem is null ? new Expression.Not(operand!) : null;
    }

    private Expression? Primary()
    {
        SkipSpace();
        if (problem is not null)
        {
            return null;
        }

        if (at >= text.Length)
        {
            return Unexpected("a value");
        }

        var c = text[at];
        return c switch
        {
            '(' => Parenthesis(),
            '"' or '\'' => Text() is { } value ? new Expression.Literal(ToPayload(value)) : null,
            '-' or (>= '0' and <= '9') => Number(),
            _ when char.IsLetter(c) || c == '_' => Word(),
            _ => Unexpected("a value"),
        };
    }

    private Expression? Parenthesis()
    {
        at++;
        if (!Descend())
        {
            return null;
        }

        var inner = Any();
        depth--;
        return Expect(")") ? inner : null;
    }

    private Expression? Word()
    {
        var start = at;
        var word = Name();
        switch (word)
        {
            case "true":
                return new Expression.Literal(True);
            case "false":
                return new Expression.Literal(False);
            case "null":
                return new Expression.Literal(Payload.Null);
        }

        SkipSpace();
        return at < text.Length && text[at] == '(' ? Call(word, start) : Path(word, start);
    }

    private Expression? Call(string word, int start)
    {
        if (ExpressionWords.FunctionOf(word) is not { } function)
        {
            return Fail(start, $"There is no function '{word}'; there are {string.Join(", ", ExpressionWords.Functions)}.", Spelling.Nearest(word, ExpressionWords.Functions));
        }

        at++;
        if (!Descend())
        {
            return null;
        }

        var arguments = ImmutableArray.CreateBuilder<Expression>();
        SkipSpace();
        if (at >= text.Length || text[at] != ')')
        {
            do
            {
                arguments.Add(Any()!);
            }
            while (problem is null && Take(","));
        }

        depth--;
        if (!Expect(")"))
        {
            return null;
        }

        var expected = ExpressionWords.ArgumentsOf(function);
        return arguments.Count == expected
            ? new Expression.Call(function, arguments.ToImmutable())
            : Fail(start, $"'{word}' takes {expected} argument{(expected == 1 ? "" : "s")}, found {arguments.Count}.");
    }

    private Expression? Path(string word, int start)
    {
        if (word == ExpressionWords.Steps)
        {
            return StepPath(start);
        }

        if (ExpressionWords.RootOf(word) is not { } root)
        {
            return Fail(start, $"'{word}' is unknown here; a reference begins with {string.Join(", ", ExpressionWords.Roots)}.", Spelling.Nearest(word, ExpressionWords.Roots));
        }

        var segments = Segments();
        if (problem is null && root == ExpressionRoot.Index && !segments.IsEmpty)
        {
            return Fail(start, "'index' is a number and has no members.");
        }

        if (problem is null && root == ExpressionRoot.Failure && !segments.IsEmpty
            && (segments.Length > 1 || segments[0].Member is not { } member || !ExpressionWords.FailureMembers.Contains(member)))
        {
            return Fail(start, "'failure' has the members code and message.");
        }

        return problem is null ? new Expression.Path(root, null, segments, start) : null;
    }

    private Expression? StepPath(int start)
    {
        var segments = Segments();
        if (problem is not null)
        {
            return null;
        }

        if (segments is not [{ Member: { } id }, { Member: { } member }, ..])
        {
            return Fail(start, "A reference to a step is steps.<id>.output or steps.<id>.status; an id with a dot is written steps[\"a.b\"].");
        }

        return member switch
        {
            "output" => new Expression.Path(ExpressionRoot.StepOutput, id, segments[2..], start),
            "status" when segments.Length == 2 => new Expression.Path(ExpressionRoot.StepStatus, id, [], start),
            "finishedAt" when segments.Length == 2 => new Expression.Path(ExpressionRoot.StepFinishedAt, id, [], start),
            "status" or "finishedAt" => Fail(start, $"'steps.{id}.{member}' is a text and has no members."),
            _ => Fail(
                start,
                $"A step has output, status and finishedAt, found '{member}' of step '{id}'; an id with a dot is written steps[\"{id}.{member}\"].",
                Spelling.Nearest(member, ["output", "status", "finishedAt"])),
        };
    }

    private ImmutableArray<PathSegment> Segments()
    {
        var segments = ImmutableArray.CreateBuilder<PathSegment>();
        while (problem is null && at < text.Length && text[at] is '.' or '[')
        {
            if (text[at++] == '.')
            {
                var name = Name();
                if (name.Length == 0)
                {
                    Unexpected("a name after '.'");
                }

                segments.Add(PathSegment.Of(name));
                continue;
            }

            SkipSpace();
            if (at < text.Length && text[at] is '"' or '\'')
            {
                segments.Add(PathSegment.Of(Text() ?? ""));
            }
            else
            {
                segments.Add(PathSegment.Of(Index()));
            }

            Expect("]");
        }

        return problem is null ? segments.ToImmutable() : [];
    }

    private int Index()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        if (!int.TryParse(text[start..at], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            at = start;
            Unexpected("a place from 0 or a quoted name");
        }

        return index;
    }

    private string Name()
    {
        var start = at;
        while (at < text.Length && ExpressionWords.IsNamePart(text[at]))
        {
            at++;
        }

        return text[start..at].ToString();
    }

    private Expression? Number()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is '-' or '+' or '.' or 'e' or 'E'))
        {
            at++;
        }

        var bytes = Encoding.UTF8.GetBytes(text[start..at].ToString());
        if (Payload.TryParse(bytes, out var number, out _) && JsonValues.IsFinite(number))
        {
            return new Expression.Literal(number);
        }

        return Fail(start, $"'{text[start..at]}' is not a number we can hold.");
    }

    private string? Text()
    {
        var start = at;
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            var c = text[at++];
            if (c == '\\')
            {
                if (!Escape(value))
                {
                    return null;
                }
            }
            else
            {
                value.Append(c);
            }
        }

        if (at >= text.Length)
        {
            Fail(start, $"The text that begins here has no closing {quote}.");
            return null;
        }

        at++;
        var result = value.ToString();
        if (!IsUnicode(result))
        {
            Fail(start, "The text holds half a surrogate pair, which is no character.");
            return null;
        }

        return result;
    }

    private bool Escape(StringBuilder value)
    {
        var start = at - 1;
        var c = at < text.Length ? text[at++] : '\0';
        char? plain = c switch { '\\' or '"' or '\'' or '/' => c, 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', _ => null };
        if (plain is null && c == 'u' && at + 4 <= text.Length
            && ushort.TryParse(text.Slice(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            at += 4;
            plain = (char)unit;
        }

        if (plain is null)
        {
            Fail(start, "Unknown escape; there are \\\\ \\\" \\' \\/ \\n \\r \\t \\b \\f and \\u with four hexadecimal digits.");
            return false;
        }

        value.Append(plain.Value);
        return true;
    }

    private static bool IsUnicode(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsSurrogate(value[i]) && (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static Payload ToPayload(string value) =>
        Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes("\"" + JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\""));

    private ComparisonOperator? TakeComparison()
    {
        if (problem is not null)
        {
            return null;
        }

        return Take("==") ? ComparisonOperator.Equal
            : Take("!=") ? ComparisonOperator.NotEqual
            : Take("<=") ? ComparisonOperator.LessOrEqual
            : Take(">=") ? ComparisonOperator.GreaterOrEqual
            : Take("<") ? ComparisonOperator.Less
            : Take(">") ? ComparisonOperator.Greater
            : null;
    }

    private bool Take(string word)
    {
        SkipSpace();
        if (problem is not null || !Follows(word))
        {
            return false;
        }

        at += word.Length;
        return true;
    }

    private bool Expect(string word)
    {
        if (Take(word))
        {
            return true;
        }

        Unexpected($"'{word}'");
        return false;
    }

    private readonly bool Follows(string word) => text[at..].StartsWith(word, StringComparison.Ordinal);

    private void SkipSpace()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r')
        {
            at++;
        }
    }

    private bool Descend()
    {
        if (++depth <= ExpressionLimits.DepthMax)
        {
            return true;
        }

        Fail(at, $"Expressions are at most {ExpressionLimits.DepthMax} deep.");
        return false;
    }

    private Expression? Unexpected(string expected) =>
        Fail(at, $"Expected {expected}, found {(at < text.Length ? $"'{text[at]}'" : "the end")}.");

    private Expression? Fail(int offset, string message, string? suggestion = null)
    {
        // The first problem is the one that explains the others.
        problem ??= new(offset, message, suggestion);
        return null;
    }
}
