using Spectre.Console;

namespace Orchestrator.Cli.Workflows;

/// <summary>Shows Markdown in a terminal: headings stand out, everything else is as its author wrote it.</summary>
internal static class MarkdownText
{
    public static void Write(IAnsiConsole console, string markdown)
    {
        var fenced = false;
        foreach (var line in ResultText.Clean(markdown.ReplaceLineEndings("\n")).Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                fenced = !fenced;
                console.MarkupLine($"[grey]{Markup.Escape(line)}[/]");
            }
            else if (!fenced && line.StartsWith('#'))
            {
                console.MarkupLine($"[bold]{Markup.Escape(line)}[/]");
            }
            else
            {
                console.Write(new Text(line));
                console.WriteLine();
            }
        }
    }
}
