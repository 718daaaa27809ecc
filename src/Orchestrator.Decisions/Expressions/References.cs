using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Decisions.Expressions;

/// <summary>One reference in a template or condition.</summary>
/// <param name="StepId">The step it refers to, where it does.</param>
/// <param name="Member">The first name on the way behind the root: for <c>input.text</c>, <c>text</c>.</param>
/// <param name="Pointer">Where its text stands in the template, as a JSON Pointer (RFC 6901); empty for the template itself.</param>
/// <param name="Offset">Where in that text, in characters from 0.</param>
public sealed record Reference(ExpressionRoot Root, string? StepId, string? Member, string Pointer, int Offset);

/// <summary>Something in a template that is no expression.</summary>
public sealed record ReferenceProblem(string Pointer, int Offset, string Message, string? Suggestion);

/// <summary>What a template or condition refers to, and what in it cannot be read.</summary>
public sealed record ReferenceScan(ImmutableArray<Reference> References, ImmutableArray<ReferenceProblem> Problems)
{
    public static ReferenceScan Nothing { get; } = new([], []);
}

/// <summary>Finds what templates and conditions refer to, so that a plan can be judged before it runs.</summary>
public static class References
{
    public static ReferenceScan In(Payload template)
    {
        if (!Templates.HasExpressions(template))
        {
            return ReferenceScan.Nothing;
        }

        var scan = new Scan();
        try
        {
            using var document = template.Parse();
            scan.Visit(document.RootElement, "");
        }
        catch (JsonException exception)
        {
            scan.Problems.Add(new("", 0, $"The template is no JSON or too deep: {exception.Message}", null));
        }
        catch (InvalidOperationException)
        {
            scan.Problems.Add(new("", 0, "A text in the template is not Unicode.", null));
        }

        return new(scan.References.ToImmutable(), scan.Problems.ToImmutable());
    }

    /// <summary>Of a condition, with or without <c>${{ }}</c>.</summary>
    public static ReferenceScan In(string expression)
    {
        var scan = new Scan();
        var (parsed, problem) = Conditions.Read(expression);
        if (problem is not null)
        {
            scan.Problems.Add(new("", problem.Offset, problem.Message, problem.Suggestion));
        }
        else
        {
            scan.Visit(parsed!, "", 0);
        }

        return new(scan.References.ToImmutable(), scan.Problems.ToImmutable());
    }

    private sealed class Scan
    {
        public ImmutableArray<Reference>.Builder References { get; } = ImmutableArray.CreateBuilder<Reference>();

        public ImmutableArray<ReferenceProblem>.Builder Problems { get; } = ImmutableArray.CreateBuilder<ReferenceProblem>();

        public void Visit(JsonElement element, string pointer)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var member in element.EnumerateObject())
                    {
                        var inside = pointer + "/" + member.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
                        if (member.Name.Contains(TemplateText.Opening, StringComparison.Ordinal))
                        {
                            Problems.Add(new(inside, 0, "The name of a member cannot be an expression.", null));
                        }

                        Visit(member.Value, inside);
                    }

                    break;
                case JsonValueKind.Array:
                    var index = 0;
                    foreach (var item in element.EnumerateArray())
                    {
                        Visit(item, $"{pointer}/{index++}");
                    }

                    break;
                case JsonValueKind.String:
                    Visit(element.GetString()!, pointer);
                    break;
            }
        }

        public void Visit(Expression expression, string pointer, int offset)
        {
            switch (expression)
            {
                case Expression.Path path:
                    References.Add(new(path.Root, path.StepId, path.Segments is [{ Member: { } member }, ..] ? member : null, pointer, offset + path.Offset));
                    break;
                case Expression.Not not:
                    Visit(not.Operand, pointer, offset);
                    break;
                case Expression.Comparison comparison:
                    Visit(comparison.Left, pointer, offset);
                    Visit(comparison.Right, pointer, offset);
                    break;
                case Expression.All all:
                    Visit(all.Operands, pointer, offset);
                    break;
                case Expression.Any any:
                    Visit(any.Operands, pointer, offset);
                    break;
                case Expression.Call call:
                    Visit(call.Arguments, pointer, offset);
                    break;
            }
        }

        private void Visit(ImmutableArray<Expression> expressions, string pointer, int offset)
        {
            foreach (var expression in expressions)
            {
                Visit(expression, pointer, offset);
            }
        }

        private void Visit(string text, string pointer)
        {
            if (!text.Contains(TemplateText.Opening, StringComparison.Ordinal))
            {
                return;
            }

            var parsed = TemplateText.Of(text);
            if (parsed.Problem is { } problem)
            {
                Problems.Add(new(pointer, problem.Offset, problem.Message, problem.Suggestion));
            }

            foreach (var part in parsed.Parts)
            {
                if (part.Expression is { } expression)
                {
                    Visit(expression, pointer, part.Offset);
                }
            }
        }
    }
}
