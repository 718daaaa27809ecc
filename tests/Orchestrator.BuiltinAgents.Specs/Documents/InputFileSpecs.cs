namespace Orchestrator.BuiltinAgents.Specs.Documents;

public sealed class When_an_input_names_a_file : IDisposable
{
    private readonly DirectoryInfo outside = Directory.CreateTempSubdirectory("input-file-specs-");
    private readonly DirectoryInfo root;

    public When_an_input_names_a_file()
    {
        root = outside.CreateSubdirectory("root");
        File.WriteAllText(Path.Combine(outside.FullName, "secret.txt"), "Secret.");
        File.WriteAllText(Path.Combine(root.CreateSubdirectory("sub").FullName, "a.md"), "# Hello\n\nWorld.");
    }

    private BuiltinAgentOptions Options => new() { InputRoot = root.FullName };

    public void Dispose() => outside.Delete(recursive: true);

    [Theory]
    [InlineData("path")]
    [InlineData("file")]
    public async Task one_below_the_open_folder_is_read(string field) =>
        (await Asked.For("content_ingestion_agent", new Dictionary<string, string> { [field] = "sub/../sub/a.md" }, options: Options))
            .GetProperty("title").GetString().ShouldBe("Hello");

    [Theory]
    [InlineData("../secret.txt", "leaves the folder")]
    [InlineData("sub/../../secret.txt", "leaves the folder")]
    [InlineData("/etc/passwd", "relative path")]
    [InlineData("", "relative path")]
    [InlineData(".", "leaves the folder")]
    [InlineData("sub", "no such file")]
    [InlineData("none.txt", "no such file")]
    [InlineData("a\u0000b", "relative path")]
    public async Task any_other_is_refused(string name, string said) =>
        (await Asked.Refused("content_ingestion_agent", System.Text.Json.JsonSerializer.Serialize(new { path = name }), options: Options)).ShouldContain(said);

    [PosixFact]
    public async Task one_behind_a_link_is_refused()
    {
        File.CreateSymbolicLink(Path.Combine(root.FullName, "link.txt"), Path.Combine(outside.FullName, "secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(root.FullName, "up"), outside.FullName);
        (await Asked.Refused("content_ingestion_agent", """{"path": "link.txt"}""", options: Options)).ShouldContain("crosses a link");
        (await Asked.Refused("content_ingestion_agent", """{"path": "up/secret.txt"}""", options: Options)).ShouldContain("crosses a link");
    }

    [Fact]
    public async Task one_too_large_is_refused_unread()
    {
        File.WriteAllText(Path.Combine(root.FullName, "large.txt"), new string('x', 2_000));
        (await Asked.Refused("content_ingestion_agent", """{"path": "large.txt"}""", options: new() { InputRoot = root.FullName, InputBytesMax = 1_024 }))
            .ShouldContain("at most 1024 bytes");
    }
}
