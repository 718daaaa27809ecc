using System.Text.RegularExpressions;
using Orchestrator.Decisions.Plans;
using Orchestrator.PlanLanguage;
using Orchestrator.PlanLanguage.Binding;

namespace Orchestrator.Decisions.Specs.PlanLanguage;

/// <summary>Reads every example in <c>docs/plans.md</c>: blocks tagged <c>plan</c> are whole plans, blocks tagged <c>steps</c> are the steps of one.</summary>
public sealed class The_guide_to_plans
{
    private static readonly string Guide = Repository.Text("docs/plans.md");

    private static readonly string[] Blocks =
        [.. Regex.Matches(Guide, "^```(?:yaml|json) (plan|steps)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(m => m.Groups[1].Value == "plan" ? m.Groups[2].Value : "id: example\nsteps:\n" + m.Groups[2].Value)];

    public static TheoryData<string> Examples() => [.. Blocks];

    [Theory]
    [MemberData(nameof(Examples))]
    public void shows_plans_that_are_read_without_a_problem(string example) =>
        PlanDocument.Read(example, files: _ => FileReading.Of("text")).Problems.ShouldBeEmpty();

    [Fact]
    public void leaves_no_block_unread() =>
        Regex.Matches(Guide, "^```(?:yaml|json)", RegexOptions.Multiline).Count.ShouldBe(Blocks.Length);

    [Fact]
    public void tells_of_every_field_and_every_code()
    {
        var fields = PlanFields.Plan.Concat(PlanFields.Step).Concat(PlanFields.Input).Concat(PlanFields.RetryPolicy).Concat(PlanFields.ForEach)
            .Concat(PlanFields.Fallback).Concat(PlanFields.Compensation).Concat(PlanFields.Approval).Concat(PlanFields.Escalation).Concat(PlanFields.OnFailure);
        fields.Where(field => !Guide.Contains($"`{field}`", StringComparison.Ordinal)).ShouldBeEmpty();
        var codes = typeof(PlanProblemCodes).GetFields().Select(code => (string)code.GetRawConstantValue()!);
        codes.Where(code => !Guide.Contains($"`{code}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
