using System.Xml.Linq;
using Orchestrator.BuiltinAgents.Visuals;

namespace Orchestrator.BuiltinAgents.Specs.Visuals;

public sealed class When_numbers_are_drawn
{
    [Theory]
    [InlineData(0, 97, new double[] { 0, 20, 40, 60, 80, 100 })]
    [InlineData(-3, 4, new double[] { -4, -2, 0, 2, 4 })]
    [InlineData(0, 0, new double[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(0, 0.03, new double[] { 0, 0.01, 0.02, 0.03 })]
    public void the_scale_has_round_numbers_and_holds_them_all(double least, double most, double[] scale) => NiceScale.Of(least, most).ShouldBe(scale);

    [Theory, InlineData("bar", "rect", 3), InlineData("line", "polyline", 1)]
    public async Task each_has_its_place(string kind, string shape, int count)
    {
        var output = await Asked.For("visual_generation_agent", new { kind, title = "Rain", data = new object[] { new { label = "Mon", value = 5 }, new { label = "Tue", value = -2 }, new { label = "Wed", value = 10 } } }, "create_visual");
        var svg = XDocument.Parse(output.GetProperty("svg").GetString()!);
        svg.Descendants().Count(element => element.Name.LocalName == shape).ShouldBe(count);
        if (kind == "bar")
        {
            var heights = svg.Descendants().Where(element => element.Name.LocalName == "rect").Select(bar => (double)bar.Attribute("height")!).ToList();
            (heights[2] / heights[0]).ShouldBe(2, 0.01);
            (heights[0] / heights[1]).ShouldBe(2.5, 0.01);
        }
    }

    [Fact]
    public async Task what_a_label_says_stays_text()
    {
        var output = await Asked.For("visual_generation_agent", new { title = "</title><script>x()</script>\u0001", data = new[] { new { label = "\"><script/>", value = 1 } } });
        var svg = XDocument.Parse(output.GetProperty("svg").GetString()!);
        svg.Descendants().ShouldAllBe(element => element.Name.LocalName != "script");
        svg.Root!.Element(svg.Root.Name.Namespace + "title")!.Value.ShouldBe("</title><script>x()</script>");
    }

    [Theory, InlineData("""{"data": [{"label": "a", "value": 1e16}]}"""), InlineData("""{"data": [{"label": "a"}]}"""), InlineData("{}")]
    public async Task what_it_cannot_draw_it_refuses(string json) => (await Asked.Refused("visual_generation_agent", json)).ShouldContain("'data");
}
