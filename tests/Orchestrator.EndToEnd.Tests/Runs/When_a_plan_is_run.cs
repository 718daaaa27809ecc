using System.Text.Json;
using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

public sealed class When_a_plan_is_run : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task the_course_example_prints_the_finished_course()
    {
        var run = (await place.OrcAsync("run", Workplace.Example("course.yaml"))).Exits(0);
        run.Output.ShouldContain("# How plants make food from light");
        foreach (var part in (string[])["Key terms", "The lesson", "Mind map", "Check yourself", "Study calendar", "Answers"])
        {
            run.Output.ShouldContain($"## {part}");
        }

        run.Output.ShouldNotContain("\u001b[");
        run.Output.Split('\n').Where(line => line.Contains("────", StringComparison.Ordinal)).Select(line => line.TrimEnd().Length).ShouldAllBe(length => length <= 80);
        run.Errors.ShouldContain("completed in");
    }

    [Theory]
    [InlineData("fanout.yaml", "summaries")]
    [InlineData("flaky.yaml", "delivered")]
    public async Task every_example_ends_well(string example, string member)
    {
        var run = (await place.OrcAsync("run", Workplace.Example(example), "--output", "json")).Exits(0);
        JsonDocument.Parse(run.Output).RootElement.GetProperty("output").TryGetProperty(member, out _).ShouldBeTrue(run.Output);
    }

    [Fact]
    public async Task a_text_of_ones_own_takes_the_place_of_the_default()
    {
        place.Write("rain.md", "# Rain\n\nWater rises from the sea into the air. Clouds are made of small drops of water. Heavy drops fall as rain.\n");
        var run = (await place.OrcAsync("run", Workplace.Example("course.yaml"), "--input", "text=@rain.md")).Exits(0);
        run.Output.ShouldContain("# Rain");
    }

    [Fact]
    public async Task a_large_file_and_one_that_is_no_text_are_linked_to()
    {
        place.Write("long.txt", string.Concat(Enumerable.Repeat("word ", 300_000)));
        await File.WriteAllBytesAsync(Path.Combine(place.Folder, "scan.bin"), [0xFF, 0x00, 0xFE]);
        place.Write("plan.yaml", "id: hello\nsteps:\n  - { id: greet, agentId: echo, action: echo, input: { long: \"${{ input.long }}\", scan: \"${{ input.scan }}\" } }\n");

        var run = (await place.OrcAsync("run", "plan.yaml", "--input", "long=@long.txt", "--input", "scan=@scan.bin", "--output", "json")).Exits(0);

        var workflow = JsonDocument.Parse(run.Output).RootElement;
        workflow.GetProperty("input").GetProperty("long").GetProperty("bytes").GetInt64().ShouldBe(1_500_000);
        workflow.GetProperty("input").GetProperty("scan").GetRawText().ShouldBe(
            $$"""{"$blob":"sha256:{{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData((byte[])[0xFF, 0x00, 0xFE]))}}","bytes":3,"contentType":"application/octet-stream"}""");

        // The agent said the whole text back, so its answer is a link of its own.
        workflow.GetProperty("output").GetProperty("bytes").GetInt64().ShouldBeGreaterThan(1_500_000);
    }

    [Fact]
    public async Task json_on_standard_output_is_the_workflow_and_nothing_else()
    {
        place.Write("plan.yaml", "id: hello\nsteps:\n  - { id: greet, agentId: echo, action: echo, input: { text: \"${{ input.name }}\", count: \"${{ input.count }}\" } }\n");
        var run = (await place.OrcAsync("run", "plan.yaml", "--input", "name=Ana & Bo", "--input", "count=3", "--output", "json")).Exits(0);
        var workflow = JsonDocument.Parse(run.Output).RootElement;
        workflow.GetProperty("state").GetString().ShouldBe("completed");
        workflow.GetProperty("input").GetRawText().ShouldBe("""{"name":"Ana & Bo","count":3}""");
        run.Output.TrimEnd('\n').ShouldNotContain('\n');

        await using var server = await place.StartServerAsync();
        (await server.Http.GetStringAsync("workflows/" + workflow.GetProperty("id").GetString())).ShouldBe(run.Output.TrimEnd('\n'));
    }
}
