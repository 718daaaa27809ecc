using Orchestrator.Decisions.Expressions;
using static Orchestrator.Decisions.Specs.Expressions.Sample;

namespace Orchestrator.Decisions.Specs.Expressions;

public sealed class When_references_are_looked_for
{
    [Fact]
    public void each_is_found_with_its_place()
    {
        var scan = References.In(Json("""{"a":["x ${{ steps.one.output.t }} ${{ default(input.y, item) }}"],"b/c":{"d~":"${{ !steps['t.wo'].status && index > 1 }}"},"e":"$${{ steps.no.output }}"}"""));
        scan.Problems.ShouldBeEmpty();
        scan.References.ShouldBe(
        [
            new Reference(ExpressionRoot.StepOutput, "one", "t", "/a/0", 6),
            new Reference(ExpressionRoot.Input, null, "y", "/a/0", 40),
            new Reference(ExpressionRoot.Item, null, null, "/a/0", 49),
            new Reference(ExpressionRoot.StepStatus, "t.wo", null, "/b~1c/d~0", 5),
            new Reference(ExpressionRoot.Index, null, null, "/b~1c/d~0", 29),
        ]);
    }

    [Fact]
    public void each_problem_is_found()
    {
        var scan = References.In(Json("""["${{ stps.a.output }}","ok ${{ contain(1,2) }}",{"${{ input }}":1}]"""));
        scan.References.ShouldBeEmpty();
        scan.Problems.Select(p => (p.Pointer, p.Offset, p.Suggestion)).ShouldBe([("/0", 4, "steps"), ("/1", 7, "contains"), ("/2/${{ input }}", 0, null)]);
    }

    [Fact]
    public void a_condition_is_searched_with_and_without_braces()
    {
        References.In("steps.a.output > 1").References.ShouldHaveSingleItem().ShouldBe(new Reference(ExpressionRoot.StepOutput, "a", null, "", 0));
        References.In("${{ steps.a.output > 1 }}").References.ShouldHaveSingleItem().StepId.ShouldBe("a");
    }
}
