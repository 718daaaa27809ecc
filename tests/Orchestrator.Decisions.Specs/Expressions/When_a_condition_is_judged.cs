using Orchestrator.Decisions.Expressions;
using static Orchestrator.Decisions.Specs.Expressions.Sample;

namespace Orchestrator.Decisions.Specs.Expressions;

public sealed class When_a_condition_is_judged
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("null", false)]
    [InlineData("0", false)]
    [InlineData("-0.0e5", false)]
    [InlineData("0.1", true)]
    [InlineData("''", false)]
    [InlineData("' '", true)]
    [InlineData("input.empty", false)]
    [InlineData("input.list", true)]
    [InlineData("steps['c.d'].output", false)]
    [InlineData("input.missing", false)]
    [InlineData("${{ input.n }}", true)]
    [InlineData("  ${{ input.zero }} ", false)]
    [InlineData("input.n == 3 && input.text == 'hello'", true)]
    [InlineData("input.n == '3'", false)]
    [InlineData("input.n != '3'", true)]
    [InlineData("input.missing == null", true)]
    [InlineData("input.list == input.list", true)]
    [InlineData("input.list[1] == 2", true)]
    [InlineData("1 < 2 || steps.unknown.output", true)]
    [InlineData("false && steps.unknown.output", false)]
    [InlineData("!input.zero", true)]
    [InlineData("!!input.zero", false)]
    [InlineData("!input.zero == true", true)]
    [InlineData("!(1 == 1)", false)]
    [InlineData("true || false && false", true)]
    [InlineData("(true || false) && false", false)]
    [InlineData("'abc' < 'abd'", true)]
    [InlineData("2 <= 2", true)]
    [InlineData("2 >= 3", false)]
    [InlineData("9007199254740993 > 9007199254740992", true)]
    [InlineData("1e3 == 1000", true)]
    [InlineData("length(input.list) == 4", true)]
    [InlineData("length('a😀') == 2", true)]
    [InlineData("length(input.missing) == 0", true)]
    [InlineData("length(input['odd name']) == 1", true)]
    [InlineData("contains(input.list, 2)", true)]
    [InlineData("contains(input.list, 'y')", false)]
    [InlineData("contains('hello', \"ell\")", true)]
    [InlineData("contains(input, 'text')", true)]
    [InlineData("contains(input, 'no')", false)]
    [InlineData("contains(input.missing, 'no')", false)]
    [InlineData("default(input.missing, 1) == 1", true)]
    [InlineData("default(input.zero, 1) == 0", true)]
    [InlineData("steps.a.status == 'completed'", true)]
    [InlineData("'\\u00e9\\n' == 'é\\n'", true)]
    public void it_is_true_or_false(string condition, bool expected)
    {
        var result = Conditions.Evaluate(condition, Context);
        result.Problem.ShouldBeNull();
        result.Value.ShouldBe(expected);
    }

    [Theory]
    [InlineData("", 0, "Expected a value, found the end.")]
    [InlineData("input.", 6, "Expected a name after '.', found the end.")]
    [InlineData("1 ==", 4, "Expected a value, found the end.")]
    [InlineData("1 == 2 == 3", 9, "Comparisons do not chain; put '&&' between them or parentheses around one.")]
    [InlineData("a && b", 0, "'a' is unknown here; a reference begins with steps, input, item, index, output, failure.")]
    [InlineData("input.a = 1", 8, "Expected the end of the expression or an operator, found '='.")]
    [InlineData("lenght(input)", 0, "There is no function 'lenght'; there are length, contains, default.")]
    [InlineData("length()", 0, "'length' takes 1 argument, found 0.")]
    [InlineData("default(1)", 0, "'default' takes 2 arguments, found 1.")]
    [InlineData("(1", 2, "Expected ')', found the end.")]
    [InlineData("'abc", 0, "The text that begins here has no closing '.")]
    [InlineData("'\\q'", 1, "Unknown escape; there are \\\\ \\\" \\' \\/ \\n \\r \\t \\b \\f and \\u with four hexadecimal digits.")]
    [InlineData("'\\ud800'", 0, "The text holds half a surrogate pair, which is no character.")]
    [InlineData("1e400", 0, "'1e400' is not a number we can hold.")]
    [InlineData("01", 0, "'01' is not a number we can hold.")]
    [InlineData("input[x]", 6, "Expected a place from 0 or a quoted name, found 'x'.")]
    [InlineData("input[99999999999]", 6, "Expected a place from 0 or a quoted name, found '9'.")]
    [InlineData("steps", 0, "A reference to a step is steps.<id>.output or steps.<id>.status; an id with a dot is written steps[\"a.b\"].")]
    [InlineData("steps.a", 0, "A reference to a step is steps.<id>.output or steps.<id>.status; an id with a dot is written steps[\"a.b\"].")]
    [InlineData("steps.a.outptu.x", 0, "A step has output, status and finishedAt, found 'outptu' of step 'a'; an id with a dot is written steps[\"a.outptu\"].")]
    [InlineData("steps.a.status.x", 0, "'steps.a.status' is a text and has no members.")]
    [InlineData("failure.stack", 0, "'failure' has the members code and message.")]
    [InlineData("index.x", 0, "'index' is a number and has no members.")]
    [InlineData("${{ input.a }} && ${{ input.b }}", 0, "A condition is one expression; write the operators inside one '${{ }}'.")]
    public void a_problem_says_where(string condition, int offset, string message)
    {
        var problem = References.In(condition).Problems.ShouldHaveSingleItem();
        problem.Message.ShouldBe(message);
        problem.Offset.ShouldBe(offset);
        Conditions.Evaluate(condition, Context).Problem.ShouldNotBeNull().ShouldContain(message);
    }

    [Fact]
    public void length_and_depth_have_limits()
    {
        Conditions.Evaluate(new string('!', 33) + "true", Context).Problem.ShouldNotBeNull().ShouldContain("at most 32 deep");
        Conditions.Evaluate(new string('(', 33) + "true" + new string(')', 33), Context).Problem.ShouldNotBeNull().ShouldContain("at most 32 deep");
        Conditions.Evaluate(new string('(', 32) + "true" + new string(')', 32), Context).Value.ShouldBeTrue();
        Conditions.Evaluate("true" + new string(' ', 5_000), Context).Problem.ShouldNotBeNull().ShouldContain("at most 4096 characters");
        Conditions.Evaluate(string.Join(" && ", Enumerable.Repeat("true", 500)), Context).Value.ShouldBeTrue();
    }
}
