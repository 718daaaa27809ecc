using System.Text.RegularExpressions;
using Spectre.Console;

namespace Orchestrator.Cli.Workflows;

/// <summary>Shows Markdown in a terminal: headings and stress stand out, everything else is as its author wrote it. In a file it stays Markdown.</summary>
internal static partial class MarkdownText
{
    public static void Write(IAnsiConsole console, string markdown)
    {
        var fenced = false;
        foreach (var line in ResultText.Clean(markdown.ReplaceLineEndings("\n")).Split('\n'))
        {
            fenced ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!console.Profile.Capabilities.Ansi || fenced)
            {
                console.Write(new Text(line));
                console.WriteLine();
            }
            else if (line.StartsWith('#'))
            {
                console.MarkupLine($"[bold underline]{Markup.Escape(line.TrimStart('#').Trim())}[/]");
            }
            else if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                console.MarkupLine(Stress().Replace(Markup.Escape(line), "[bold]$1[/]"));
            }
        }
    }

    [GeneratedRegex(@"\*\*([^*]+)\*\*")]
    private static partial Regex Stress();
}
