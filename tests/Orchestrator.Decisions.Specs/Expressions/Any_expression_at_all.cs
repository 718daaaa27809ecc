using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Vocabulary.Payloads;
using static Orchestrator.Decisions.Specs.Expressions.Sample;

namespace Orchestrator.Decisions.Specs.Expressions;

public sealed class Any_expression_at_all
{
    private static readonly string[] Tokens =
    [
        "steps", "input", "item", "index", "output", "failure", "a", "b-2", "x", "text", "list", "status", "code", ".", ".", ".", "[", "]", "(", ")", "(", ")",
        "==", "!=", "<", "<=", ">", ">=", "&&", "||", "!", ",", "length", "contains", "default", "0", "1", "12.5e-3", "-7", "1e999", "true", "false", "null",
        "'t'", "\"u\\n\"", "'\\u00e9'", "'", "\"", " ", " ", "${{", "}}", "$", "\\", "é", "\ud83d", "😀", "\0", "input.list", "input.n", "steps.a.output.x[0].y", "steps.a.status",
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Elements(Tokens).ListOf().Select(tokens => string.Concat(tokens)),
        Gen.Elements(Tokens).ListOf().Select(tokens => string.Join(' ', tokens)),
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""));

    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3_000).WithEndSize(60);

    [Fact]
    public void never_throws()
    {
        Prop.ForAll(Texts.ToArbitrary(), text =>
        {
            ExpressionParser.Parse(text);
            Conditions.Evaluate(text, InFanOut);
            References.In(text);
            foreach (var template in new[] { text, "${{" + text + "}}", "a ${{ " + text + " }} b" })
            {
                var payload = Payload.From(new[] { template });
                var rendering = Templates.Render(payload, InFanOut);
                if (rendering.Succeeded)
                {
                    Payload.TryParse(rendering.Value.Utf8, out _, out var wrong).ShouldBeTrue(wrong);
                    References.In(payload).Problems.ShouldBeEmpty();
                }
            }
        }).Check(Thorough);
    }

    [Fact]
    public void gives_the_same_answer_twice() =>
        Prop.ForAll(Texts.ToArbitrary(), text => Conditions.Evaluate(text, Context).ShouldBe(Conditions.Evaluate(text, Context))).Check(Thorough);

    [Fact]
    public void is_the_same_after_it_is_printed_and_read_again()
    {
        var read = 0;
        Prop.ForAll(Expressions(4).ToArbitrary(), text =>
        {
            var expression = ExpressionParser.Parse(text).Expression.ShouldNotBeNull(text);
            var printed = expression.ToString();
            if (printed.Length <= ExpressionLimits.LengthMax)
            {
                var again = ExpressionParser.Parse(printed);
                again.Problem.ShouldBeNull(printed);
                again.Expression!.ToString().ShouldBe(printed);
                Conditions.Evaluate(printed, InFanOut).Value.ShouldBe(Conditions.Evaluate(text, InFanOut).Value);
                read++;
            }
        }).Check(Thorough);
        read.ShouldBeGreaterThan(1_000);
    }

    private static Gen<string> Expressions(int depth)
    {
        var leaf = Gen.Elements(
            "1", "-2.5", "'a b'", "\"q\\\"\\u0001é\"", "true", "null", "input", "input.n", "input['odd name']['']", "input.list[3].k", "steps.a.output.x[1]", "steps['c.d'].output", "steps.b-2.status", "steps.b-2.finishedAt", "item.id", "index");
        if (depth == 0)
        {
            return leaf;
        }

        var inner = Expressions(depth - 1);
        var pair = inner.Two();
        return Gen.OneOf(
            leaf,
            inner.Select(x => "!(" + x + ")"),
            inner.Select(x => " ( " + x + ")"),
            inner.Select(x => "length(" + x + ")"),
            pair.SelectMany(p => Gen.Elements("==", "!=", "<", ">=").Select(op => "(" + p.Item1 + ") " + op + " (" + p.Item2 + ")")),
            pair.SelectMany(p => Gen.Elements("&&", "||").Select(op => p.Item1 + " " + op + " " + p.Item2)),
            pair.Select(p => "contains(" + p.Item1 + "," + p.Item2 + ")"),
            pair.Select(p => "default(" + p.Item1 + " , " + p.Item2 + ")"));
    }
}
