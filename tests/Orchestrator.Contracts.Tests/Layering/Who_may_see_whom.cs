using System.Xml.Linq;

namespace Orchestrator.Contracts.Tests.Layering;

/// <summary>The arrows of docs/architecture.md, read off the project files.</summary>
public sealed class Who_may_see_whom
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Orchestrator.LocalRuntime.Abstractions"] = [],
        ["Orchestrator.LocalRuntime.Generators"] = [],
        ["Orchestrator.LocalRuntime"] = ["Orchestrator.LocalRuntime.Abstractions"],
        ["Orchestrator.Vocabulary"] = [],
        ["Orchestrator.Decisions"] = ["Orchestrator.Vocabulary"],
        ["Orchestrator.Execution"] = ["Orchestrator.Decisions"],
        ["Orchestrator.PlanLanguage"] = ["Orchestrator.Decisions"],
        ["Orchestrator.Grains.Abstractions"] = ["Orchestrator.Vocabulary"],
        ["Orchestrator.Grains"] = ["Orchestrator.Execution", "Orchestrator.Grains.Abstractions"],
        ["Orchestrator.BuiltinAgents"] = ["Orchestrator.Execution"],
        ["Orchestrator.Adapters.Sqlite"] = ["Orchestrator.Execution"],
        ["Orchestrator.Adapters.Postgres"] = ["Orchestrator.Execution"],
        ["Orchestrator.Adapters.Agents"] = ["Orchestrator.Execution"],
        ["Orchestrator.Adapters.RabbitMq"] = ["Orchestrator.Execution"],
        ["Orchestrator.Hosting"] = [],
        ["Orchestrator.SiloHosting"] =
        [
            "Orchestrator.Adapters.Agents", "Orchestrator.Adapters.Postgres", "Orchestrator.Adapters.RabbitMq", "Orchestrator.Adapters.Sqlite", "Orchestrator.BuiltinAgents", "Orchestrator.Grains", "Orchestrator.Hosting",
        ],
        ["Orchestrator.ApiHost"] = ["Orchestrator.Grains.Abstractions", "Orchestrator.Hosting", "Orchestrator.PlanLanguage", "Orchestrator.SiloHosting"],
        ["Orchestrator.Silo"] = ["Orchestrator.SiloHosting"],
        ["Orchestrator.Cli"] = ["Orchestrator.ApiHost"],
        ["Orchestrator.Client"] = [],
        ["Orchestrator.Embedded"] = ["Orchestrator.ApiHost", "Orchestrator.Client"],
        ["EmbeddedConsole"] = ["Orchestrator.Embedded"],
        ["AspNetFrontEnd"] = ["Orchestrator.SiloHosting"],
    };

    public static TheoryData<string> Projects() =>
        [.. Repository.Files("*.csproj").Where(path => !path.StartsWith("tests/", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Projects))]
    public void a_project_refers_to_its_layers_and_no_others(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        Allowed.ShouldContainKey(name, $"{path} has no place in docs/architecture.md yet.");
        var seen = XDocument.Parse(Repository.Read(path)).Descendants("ProjectReference")
            .Where(reference => reference.Attribute("OutputItemType")?.Value != "Analyzer")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        seen.Except(Allowed[name]).ShouldBeEmpty($"{name} sees more than its layer may.");
    }

    [Theory]
    [InlineData("src/Orchestrator.Vocabulary")]
    [InlineData("src/Orchestrator.Decisions")]
    public void nouns_and_judgement_know_no_grains(string folder) =>
        Sources(folder).Where(source => source.Text.Contains("IGrain", StringComparison.Ordinal)).Select(source => source.Path).ShouldBeEmpty();

    [Theory]
    [InlineData("await ")]
    [InlineData("TimeProvider")]
    [InlineData("System.IO")]
    [InlineData("System.Net")]
    public void judgement_waits_for_nothing_and_reads_nothing(string word) =>
        Sources("src/Orchestrator.Decisions").Where(source => source.Code.Contains(word, StringComparison.Ordinal)).Select(source => source.Path).ShouldBeEmpty();

    [Theory]
    [InlineData("Grains.Abstractions")]
    [InlineData("src/Orchestrator.Grains")]
    [InlineData("src/Orchestrator.Vocabulary")]
    public void what_is_built_on_either_runtime_names_neither(string folder) =>
        Sources(folder)
            .Where(source => source.Text.Contains("using Orleans", StringComparison.Ordinal)
                || source.Text.Contains("using Orchestrator.LocalRuntime", StringComparison.Ordinal)
                || source.Text.Contains("#if", StringComparison.Ordinal))
            .Select(source => source.Path)
            .ShouldBeEmpty();

    private static IEnumerable<(string Path, string Text, string Code)> Sources(string folder) =>
        Repository.Files("*.cs")
            .Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal))
            .Select(path => (Path: path, Text: Repository.Read(path)))
            .Select(file => (file.Path, file.Text, string.Join('\n', file.Text.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))));
}
