using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Orchestrator.Contracts.Tests.Runbook;

/// <summary>What the runbook tells one to type exists.</summary>
public sealed partial class The_runbook
{
    private static readonly string Text = Repository.Read("docs/runbook.md");

    public static TheoryData<string> Commands() => [.. Command().Matches(Text).Select(match => match.Groups[1].Value).Distinct().Order()];

    [Theory, MemberData(nameof(Commands))]
    public void names_commands_that_orc_has(string command)
    {
        var help = Help(command);
        foreach (var flag in Command().Matches(Text).Where(match => match.Groups[1].Value == command).SelectMany(match => Flag().Matches(match.Groups[2].Value)))
        {
            help.ShouldContain(flag.Value, Case.Sensitive, $"orc {command}");
        }
    }

    [Fact]
    public void names_overlays_and_resources_that_there_are()
    {
        foreach (Match overlay in Overlay().Matches(Text))
        {
            Directory.Exists(Path.Combine(Repository.Root, overlay.Value)).ShouldBeTrue(overlay.Value);
        }

        var names = Repository.Files("*.yaml").Where(path => path.StartsWith("k8s/", StringComparison.Ordinal)).Select(Repository.Read).ToList();
        foreach (Match resource in Resource().Matches(Text))
        {
            names.Any(file => file.Contains("name: " + resource.Groups[1].Value + "\n", StringComparison.Ordinal)).ShouldBeTrue(resource.Value);
        }
    }

    private static string Help(string command)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "orc.dll"), .. command.Split(' '), "--help"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"orc {command}: {errors.Result}");
        return output;
    }

    [GeneratedRegex(@"(?:^|`)orc (config show|[a-z]+)([^`\n]*)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Flag();

    [GeneratedRegex(@"k8s/(base|overlays/\w+|components/\w+)")]
    private static partial Regex Overlay();

    [GeneratedRegex(@"(?:deployment|statefulset|hpa|pdb)[/ ](orchestrator-[a-z]+)")]
    private static partial Regex Resource();
}
