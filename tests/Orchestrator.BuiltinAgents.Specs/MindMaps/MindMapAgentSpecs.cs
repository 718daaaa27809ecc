using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.BuiltinAgents.MindMaps;

namespace Orchestrator.BuiltinAgents.Specs.MindMaps;

public sealed partial class When_a_mind_map_is_drawn
{
    [Fact]
    public async Task it_branches_as_the_headings_do_with_terms_at_the_tips()
    {
        var output = await Asked.For("mindmap_agent", new
        {
            sections = new object[]
            {
                new { heading = "Plants", level = 1, text = "" },
                new { heading = "Roots", level = 2, text = "The roots are in the soil. The soil is wet." },
                new { heading = "Root hairs", level = 3, text = "" },
                new { heading = "Leaves", level = 2, text = "A leaf is for the light." },
            },
            terms = 1,
        });

        output.GetProperty("mermaid").GetString().ShouldBe(
            "mindmap\n  root((\"Plants\"))\n    n1[\"Roots\"]\n      n2(\"soil\")\n      n3(\"Root hairs\")\n    n4[\"Leaves\"]\n      n5(\"leaf\")\n");
        output.GetProperty("nodeCount").GetInt32().ShouldBe(6);
        output.GetProperty("root").GetProperty("children")[0].GetProperty("children")[1].GetProperty("label").GetString().ShouldBe("Root hairs");
    }

    [Fact]
    public async Task a_text_without_headings_branches_along_its_concepts()
    {
        var output = await Asked.For("mindmap_agent", new { text = "The leaf is in the sun. The sun is in the sky. The leaf is on the tree.", title = "Outside", branches = 2 });
        output.GetProperty("root").GetProperty("label").GetString().ShouldBe("Outside");
        output.GetProperty("root").GetProperty("children").GetArrayLength().ShouldBe(2);
        output.GetProperty("nodeCount").GetInt32().ShouldBe(5);
    }

    [Theory]
    [InlineData("a \"quoted\" [thing]", "a #34;quoted#34; #91;thing#93;")]
    [InlineData("x\"))\n  evil((\"y", "x#34;#41;#41;   evil#40;#40;#34;y")]
    [InlineData("%% comment", "#37;#37; comment")]
    [InlineData("<script>&amp; #35;", "#60;script#62;#38;amp#59; #35;35#59;")]
    [InlineData("1. Roots - and", "1#46; Roots #45; and")]
    [InlineData("**bold** `code`", "#42;#42;bold#42;#42; #96;code#96;")]
    [InlineData("light-dependent, yes!", "light-dependent, yes!")]
    [InlineData("🌱 Grün 光", "#127793; Grün 光")]
    public void no_label_can_break_out_of_its_quotes(string label, string escaped) => MermaidMindMap.Escape(label).ShouldBe(escaped);

    [Fact]
    public void whatever_the_labels_each_node_is_one_line_of_one_shape() =>
        Prop.ForAll<string[]>(labels =>
        {
            var root = new MindMapNode("root", [.. (labels ?? []).Select(label => MindMapNode.Leaf(label ?? ""))]);
            var lines = MermaidMindMap.Write(root).TrimEnd('\n').Split('\n');
            return lines.Length == root.Count + 1 && lines.Skip(2).All(line => NodeLine().IsMatch(line));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void a_long_label_is_cut() => MermaidMindMap.Escape(new string('x', 500)).ShouldBe(new string('x', 80) + "…");

    [Theory]
    [InlineData("""{"sections": [42]}""", "'sections[0]': expected an object with heading, level and text, found the number 42")]
    [InlineData("""{"sections": [{"heading": "A"}]}""", "'sections[0].level': expected a heading's level from 0 to 6, found nothing")]
    [InlineData("""{"sections": [{"heading": 1, "level": 1}]}""", "'sections[0].heading': expected a string, found the number 1")]
    [InlineData("""{"sections": []}""", "'text': expected a text, found nothing")]
    public async Task an_input_it_cannot_read_is_refused(string json, string said) => (await Asked.Refused("mindmap_agent", json)).ShouldContain(said);

    [Fact]
    public async Task more_sections_than_a_map_holds_are_refused() =>
        (await Asked.Refused("mindmap_agent", JsonSerializer.Serialize(new { sections = Enumerable.Repeat(new { heading = "A", level = 1, text = "a" }, 101) })))
            .ShouldContain("at most 100 entries, found 101");

    [GeneratedRegex("^ {4}n[0-9]+\\(\"[^\"\\r\\n]*\"\\)$")]
    private static partial Regex NodeLine();
}
