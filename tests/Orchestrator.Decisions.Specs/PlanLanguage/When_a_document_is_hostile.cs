using System.Text;
using Orchestrator.PlanLanguage;

namespace Orchestrator.Decisions.Specs.PlanLanguage;

public sealed class When_a_document_is_hostile
{
    public static TheoryData<string, string> Bombs() => new()
    {
        { "aliases of aliases", Laughs(20) },
        { "many aliases", "a: &a x\nb: [" + string.Join(", ", Enumerable.Repeat("*a", 2_000)) + "]" },
        { "aliases of a long text", "a: &a " + new string('x', 100_000) + "\nb: [" + string.Join(", ", Enumerable.Repeat("*a", 900)) + "]" },
        { "deep flow YAML", "a: " + new string('[', 50_000) },
        { "deep block YAML", string.Concat(Enumerable.Range(0, 200).Select(i => new string(' ', i) + "a:\n")) },
        { "deep mapping keys", "a: " + string.Concat(Enumerable.Repeat("{a: ", 20_000)) },
        { "depth through aliases", string.Concat(Enumerable.Range(0, 10).Select(i => $"a{i}: &a{i} [[[[[[[[[[{(i == 0 ? "x" : "*a" + (i - 1))}]]]]]]]]]]\n")) },
        { "deep JSON", "{\"a\":" + new string('[', 100_000) },
        { "wide JSON", "{\"a\":[" + string.Join(",", Enumerable.Repeat("1", 300_000)) + "]}" },
        { "wide YAML", "a: [" + string.Join(",", Enumerable.Repeat("1", 300_000)) + "]" },
        { "too many bytes", new string(' ', 4 * 1024 * 1024) + "a: 1" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void it_is_refused_before_it_unfolds(string name, string document)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var problem = PlanDocument.Read(document).Problems.ShouldHaveSingleItem(name);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200L * 1024 * 1024);
        problem.Code.ShouldBe("plan.too_large", problem.Message);
        problem.Line.ShouldBeGreaterThan(0);
        problem.Column.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void a_flood_of_unknown_fields_is_cut_short()
    {
        var document = "{\"id\":\"p\",\"steps\":[{\"id\":\"a\",\"action\":\"b\"" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $",\"x{i}\":1")) + "}]}";
        var problems = PlanDocument.Read(document).Problems;
        problems.Length.ShouldBe(101);
        problems[^1].Code.ShouldBe("plan.too_many_problems");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ten_thousand_steps_are_welcome(bool json)
    {
        var text = new StringBuilder(json ? "{\"id\":\"big\",\"steps\":[" : "id: big\nsteps:\n");
        for (var i = 0; i < 10_000; i++)
        {
            var dependency = i < 10 ? "" : $"s{i - 10}, s{i - 7}".Replace("s", json ? "\"s" : "s").Replace(",", json ? "\"," : ",") + (json ? "\"" : "");
            text.Append(json
                ? $"{(i == 0 ? "" : ",")}{{\"id\":\"s{i}\",\"action\":\"work\",\"dependencies\":[{dependency}],\"input\":{{\"x\":\"${{{{ input.x }}}}\"}}}}"
                : $"  - id: s{i}\n    action: work\n    dependencies: [{dependency}]\n    input: {{ x: \"${{{{ input.x }}}}\" }}\n");
        }

        var plan = PlanDocument.Read(text + (json ? "]}" : "")).Plan.ShouldNotBeNull();
        plan.Steps.Length.ShouldBe(10_000);
        plan.Steps[9_999].Dependencies.ShouldBe(["s9989", "s9992"]);
    }

    private static string Laughs(int levels)
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < levels; i++)
        {
            text.Append($"a{i}: &a{i} [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", 10)).Append("]\n");
        }

        return text.ToString();
    }
}
