using System.Text;
using Orchestrator.Decisions.Expressions;
using Orchestrator.Vocabulary.Payloads;
using static Orchestrator.Decisions.Specs.Expressions.Sample;

namespace Orchestrator.Decisions.Specs.Expressions;

public sealed class When_a_template_is_rendered
{
    [Theory]
    [InlineData("\"${{ input.text }}\"", "\"hello\"")]
    [InlineData("\"${{input.n}}\"", "3")]
    [InlineData("\"${{ input }}\"", null)]
    [InlineData("\"${{ input.list[3].k[0] }}\"", "true")]
    [InlineData("\"${{ input.list[9] }}\"", "null")]
    [InlineData("\"${{ input.list.k }}\"", "null")]
    [InlineData("\"${{ input.text.k[1] }}\"", "null")]
    [InlineData("\"${{ input.missing.deeper[0] }}\"", "null")]
    [InlineData("\"${{ input['odd name'][\\\"a/b\\\"] }}\"", "1")]
    [InlineData("\"${{ steps.a.output.x[0].y }}\"", "7")]
    [InlineData("\"${{ steps.a.output.big }}\"", "12345678901234567890")]
    [InlineData("\"${{ steps.a.status }}\"", "\"completed\"")]
    [InlineData("\"${{ steps.b-2.status }}\"", "\"timed_out\"")]
    [InlineData("\"${{ steps.b-2.output }}\"", "null")]
    [InlineData("\"${{ steps.b-2.finishedAt }}\"", "\"2026-01-31T12:00:00.005Z\"")]
    [InlineData("\"${{ steps.a.finishedAt }}\"", "null")]
    [InlineData("\"${{ steps['c.d'].output }}\"", "[]")]
    [InlineData("\"${{ input.half }}\"", "\"\\ud800\"")]
    [InlineData("\"${{ input.huge }}\"", "1e400")]
    [InlineData("\"${{ input.n == 3.0 }}\"", "true")]
    [InlineData("\"${{ default(input.missing, 'x') }}\"", "\"x\"")]
    [InlineData("\"${{ '}}' }}\"", "\"}}\"")]
    [InlineData("\"n is ${{ input.n }}, text is ${{ input.text }}.\"", "\"n is 3, text is hello.\"")]
    [InlineData("\"[${{ input.nothing }}|${{ input.list }}|${{ input.quote }}]\"", "\"[|[1,2.0,\\\"x\\\",{\\\"k\\\":[true]}]|say \\\"hi\\\"]\"")]
    [InlineData("\" ${{ input.n }}\"", "\" 3\"")]
    [InlineData("\"$${{ input.n }} costs $5\"", "\"${{ input.n }} costs $5\"")]
    [InlineData("{\"a\":\"${{ input.n }}\",\"b\":[\"${{ input.list }}\",\"é<>\",1e2,null,true,{}]}", "{\"a\":3,\"b\":[[1,2.0,\"x\",{\"k\":[true]}],\"é<>\",1e2,null,true,{}]}")]
    [InlineData("{\"${{ input.n }}\":\"${{ input.n }}\"}", "{\"${{ input.n }}\":3}")]
    public void expressions_become_values(string template, string? expected)
    {
        var rendering = Templates.Render(Json(template), Context);
        rendering.Problem.ShouldBeNull();
        rendering.Value.ToString().ShouldBe(expected ?? Context.Input.ToString());
    }

    [Theory]
    [InlineData("\"${{ steps.zz.output }}\"", "${{ steps.zz.output }}: there is no step 'zz'.")]
    [InlineData("\"${{ imput.x }}\"", "'${{ imput.x }}', character 4: 'imput' is unknown here; a reference begins with steps, input, item, index, output, failure.")]
    [InlineData("\"${{ input.text > 3 }}\"", "${{ input.text > 3 }}: '>' compares two numbers or two texts, found a text and a number.")]
    [InlineData("\"${{ input.missing > 3 }}\"", "${{ input.missing > 3 }}: '>' compares two numbers or two texts, found null and a number; default(x, y) stands in for a missing value.")]
    [InlineData("\"${{ input.huge < 3 }}\"", "${{ input.huge < 3 }}: a number is out of range.")]
    [InlineData("\"${{ length(3) }}\"", "${{ length(3) }}: length takes a text, an array or an object, found a number.")]
    [InlineData("\"${{ item }}\"", "${{ item }}: 'item' is known only in a step with forEach.")]
    [InlineData("\"${{ output.x }}\"", "${{ output.x }}: 'output' is known only where a step is undone.")]
    [InlineData("\"${{ failure.code }}\"", "${{ failure.code }}: 'failure' is known only in a fallback.")]
    [InlineData("\"a ${{ input.half }}\"", "${{ input.half }}: the text it gives is not Unicode.")]
    [InlineData("{\"a\":[\"x ${{ input.x\"]}", "'x ${{ input.x', character 2: '${{' has no '}}' behind it; to have it as text, write '$${{'.")]
    [InlineData("{\"a\":\"${{ 1 +\"}", "'${{ 1 +', character 0: '${{' has no '}}' behind it; to have it as text, write '$${{'.")]
    public void a_problem_names_the_expression_and_what_was_found(string template, string problem)
    {
        var rendering = Templates.Render(Json(template), Context);
        rendering.Problem.ShouldBe(problem);
        rendering.Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void each_place_has_its_own_words()
    {
        Templates.Render(Json("\"${{ item.id }}/${{ index }}\""), InFanOut).Value.ToString().ShouldBe("\"5/2\"");
        Templates.Render(Json("\"${{ output.ticket }}\""), InCompensation).Value.ToString().ShouldBe("9");
        Templates.Render(Json("\"${{ failure.code }}: ${{ failure.message }}\""), InFallback).Value.ToString().ShouldBe("\"agent.timeout: It took \\\"long\\\".\"");
        Templates.Render(Json("\"${{ failure }}\""), InFallback).Value.As<Dictionary<string, string>>()!["message"].ShouldBe("It took \"long\".");
    }

    [Fact]
    public void a_template_without_expressions_is_not_even_read()
    {
        var noJson = Payload.FromTrustedUtf8("{ this is no JSON"u8.ToArray());
        Templates.Render(noJson, Context).Value.Utf8.Equals(noJson.Utf8).ShouldBeTrue();
    }

    [Fact]
    public void what_is_put_in_is_never_evaluated()
    {
        Templates.Render(Json("\"${{ steps.a.output.x[1].y }}\""), Context).Value.ToString().ShouldBe("\"${{ input.text }}\"");
        Templates.Render(Json("\"> ${{ steps.a.output.x[1].y }}\""), Context).Value.ToString().ShouldBe("\"> ${{ input.text }}\"");
    }

    [Fact]
    public void a_whole_value_is_passed_on_without_a_copy() =>
        Templates.Render(Json("\"${{ input }}\""), Context).Value.Utf8.Equals(Context.Input.Utf8).ShouldBeTrue();

    [Fact]
    public void depth_size_and_work_have_limits()
    {
        var deep = Context with { Input = Json(new string('[', 40) + new string(']', 40)) };
        Templates.Render(Json(new string('[', 40) + "\"${{ input }}\"" + new string(']', 40)), deep).Problem.ShouldNotBeNull().ShouldContain("too deep");

        var large = Context with { Input = Payload.From(new string('x', 1_000_000)) };
        Templates.Render(Payload.From(Enumerable.Repeat("${{ input }}", 17)), large).Problem.ShouldNotBeNull().ShouldContain("larger than");
        Templates.Render(Payload.From(string.Concat(Enumerable.Repeat("${{ input }}", 17))), large).Problem.ShouldNotBeNull().ShouldContain("longer than");
        Templates.Render(Payload.From(string.Concat(Enumerable.Repeat("${{ 1 }}", 1_001))), Context).Problem.ShouldNotBeNull().ShouldContain("at most 1000 expressions");

        var wide = Context with { Input = Payload.From(Enumerable.Repeat(new string('x', 1_000_000), 10).Append("last")) };
        var template = new StringBuilder();
        template.AppendJoin(' ', Enumerable.Repeat("${{ input[10] }}", 999));
        Templates.Render(Payload.From(template.ToString()), wide).Problem.ShouldNotBeNull().ShouldContain("more work than an expression may");
    }
}
