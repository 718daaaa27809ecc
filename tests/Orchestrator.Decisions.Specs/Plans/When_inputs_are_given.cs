using Orchestrator.Decisions.Plans;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Specs.Plans;

public sealed class When_inputs_are_given
{
    private static readonly Plan Course = new(
        "course",
        [new Step("ingest", Action: "ingest")],
        Inputs:
        [
            new PlanInput("text", Required: true),
            new PlanInput("title", Default: Payload.From("Untitled")),
            new PlanInput("note"),
        ]);

    [Theory]
    [InlineData("""{"text":"a"}""", """{"text":"a","title":"Untitled"}""")]
    [InlineData("""{"text":"a","title":"B","more":[1]}""", """{"text":"a","title":"B","more":[1]}""")]
    [InlineData("""{"text":"a","title":null}""", """{"text":"a","title":null}""")]
    public void defaults_stand_in_for_what_was_left_out_and_only_for_that(string given, string completed)
    {
        var (input, problem) = PlanInputs.Complete(Course, Json(given));
        problem.ShouldBeNull();
        input.ToString().ShouldBe(completed);
        PlanInputs.Complete(Course, input).Input.ShouldBe(input);
    }

    [Theory]
    [InlineData("{}", "Plan 'course' needs 'text', which the input does not have.")]
    [InlineData("null", "Plan 'course' needs 'text', which the input does not have.")]
    [InlineData("[]", "Plan 'course' expects an object with 'text', 'title', 'note' as its input, found a value of kind array.")]
    public void what_is_required_and_missing_is_named(string given, string expected) =>
        PlanInputs.Complete(Course, Json(given)).Problem.ShouldBe(expected);

    [Fact]
    public void a_plan_that_declares_none_takes_any() =>
        PlanInputs.Complete(Course with { Inputs = default }, Json("[1]")).ShouldBe((Json("[1]"), null));

    private static Payload Json(string text) => Payload.FromTrustedUtf8(System.Text.Encoding.UTF8.GetBytes(text));
}
